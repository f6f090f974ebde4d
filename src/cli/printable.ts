// Text from strangers on a terminal: names of files and members of archives, titles, model cards. What would move the cursor, recolour
// the screen or turn the direction of writing is shown as an escape such as \x1b instead of being done.

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const STEERING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Several lines of text: line breaks and tabs stay as they are. */
export function printable(text: string): string {
  return text.replace(STEERING, escaped);
}

/** A name that is to stay in its line: line breaks and tabs are shown as escapes too. */
export function printableName(text: string): string {
  return printable(text.replace(/[\n\t]/g, (character) => (character === '\n' ? '\\n' : '\\t')));
}

/** JSON text with nothing in it that would steer a terminal; it says the same. */
export function printableJson(json: string): string {
  return json.replace(STEERING, (character) => `\\u${hex(character, 4)}`);
}

function escaped(character: string): string {
  return character <= '\xff' ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`;
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}
