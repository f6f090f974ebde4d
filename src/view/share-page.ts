// A piece to share: one page with its roll, its sound, its files and who played what. Its words stand in the page, and its sound plays,
// without the script too, which draws the roll and makes it all move. Pure: the browser app makes the same page.

import { asTime } from './bars.js';
import { base64Of } from './base64.js';
import { script, style } from './generated/share-page.js';
import { htmlText } from './html.js';
import { selfContainedPage } from './page.js';
import {
  type Fact,
  flatNotes,
  type SharedModel,
  type SharedMusic,
  type SharedPart,
  type SharedTurn,
  type ShareScriptData,
} from './share-data.js';
import { asMoment, asSize } from './share-words.js';

export interface SharedFiles {
  /** A Standard MIDI File. */
  readonly midi: Uint8Array;
  /** Its sound. */
  readonly mp3: Uint8Array;
  /** What the files are called when they are kept, without an ending. */
  readonly name: string;
}

/** The page about a piece. Texts may be anything; none becomes markup. */
export function sharePage(music: SharedMusic, { midi, mp3, name }: SharedFiles): string {
  const { title, parts, turns, models } = music;
  const body = `<header class="top">
<h1>${foreign(title)}</h1>
${about(music)}
</header>
<main>
<section class="card stage" aria-label="Listen">
<div class="deck">
<button type="button" class="play" aria-label="Play" hidden></button>
<p class="clock" hidden><span class="now">0:00</span> <span class="whole">/ ${asTime(music.length / 1000)}</span></p>
<ul class="legend">${parts.map(legend).join('')}</ul>
</div>
<div class="overview" role="slider" tabindex="0" aria-label="Place in the music" aria-valuemin="0" aria-valuenow="0" hidden><canvas aria-hidden="true"></canvas><div class="window"></div><div class="head"></div></div>
<div class="timeline" hidden><canvas aria-hidden="true"></canvas><div class="head"></div></div>
<audio controls preload="metadata" src="data:audio/mpeg;base64,${base64Of(mp3)}"></audio>
<p class="notice trouble" role="alert" hidden></p>
<p class="hint unscripted">The picture of the music is drawn by a script, which this viewer does not run. Open the page in a browser to see it.</p>
<p class="hint ways" hidden>Tap or drag in the picture to go somewhere.<span class="keys"> Space plays and pauses, the arrow keys go from bar to bar.</span></p>
<p class="files">Keep it: <a class="file" id="mp3" download="${htmlText(`${name}.mp3`)}" hidden>MP3 <small>${asSize(mp3.length)}</small></a>
<a class="file" id="midi" download="${htmlText(`${name}.mid`)}" href="data:audio/midi;base64,${base64Of(midi)}">MIDI <small>${asSize(midi.length)}</small></a></p>
</section>
${turns.length === 0 ? '' : turnSection(turns)}
<section class="about" aria-label="About">
${models.map(modelCard).join('\n')}
${factsCard(music)}
</section>
</main>
<footer><p>Made with mst, the Magenta session toolkit. Everything is in this one page; it asks for nothing from anywhere.</p></footer>`;
  return selfContainedPage({ title, script, style, data: scriptData(music), media: 'data: blob:', body });
}

function scriptData({ length, bars, turns, parts }: SharedMusic): ShareScriptData {
  return {
    length,
    bars,
    turns: turns.map(({ side, by, start, end }) => ({ side, by, start, end })),
    parts: parts.map(({ side, name, drums, notes }) => ({ side, name, drums, notes: flatNotes(notes) })),
  };
}

/** A stranger's text, kept from turning the line around it when it is written from right to left. */
function foreign(text: string): string {
  return `<bdi>${htmlText(text)}</bdi>`;
}

/** Who played, and when. */
function about({ parts, created }: SharedMusic): string {
  const names = parts.filter(({ side }) => side !== 'track').map(({ name }) => foreign(name));
  const who = names.length === 0 ? '' : `Played by ${names.join(' and ')}`;
  const when = created === undefined ? undefined : asMoment(created);
  const time = when === undefined ? '' : `<time datetime="${htmlText(created ?? '')}">${when}</time>`;
  const words = [who, time].filter((text) => text !== '').join(who === '' ? '' : ' on ');
  return words === '' ? '' : `<p class="intro">${words}</p>`;
}

function legend({ name, sound, side }: SharedPart, index: number): string {
  const instrument = sound === undefined ? '' : ` <small>${htmlText(sound)}</small>`;
  return `<li><span class="swatch" data-part="${index}" data-side="${side}"></span>${foreign(name)}${instrument}</li>`;
}

function turnSection(turns: readonly SharedTurn[]): string {
  const item = ({ side, by, start, end, notes }: SharedTurn, k: number): string =>
    `<li><button type="button" class="turn ${side}" data-turn="${k}" data-start="${start}"><b>${foreign(by)}</b> <span>${asTime(start / 1000)}<span class="unseen"> to </span><span aria-hidden="true">–</span>${asTime(end / 1000)}</span> <small>${notes === 0 ? 'rests' : notes === 1 ? '1 note' : `${notes} notes`}</small></button></li>`;
  return `<section class="card" aria-labelledby="turns"><h2 id="turns">Who played what</h2>
<ol class="turns">${turns.map(item).join('')}</ol></section>`;
}

function modelCard({ name, facts }: SharedModel): string {
  return `<section class="card"><h2>The model ${foreign(name)}</h2>${facts.length === 0 ? '<p class="quiet">Nothing more is known about it.</p>' : list(facts)}</section>`;
}

function factsCard({ parts, facts }: SharedMusic): string {
  const notes = parts.reduce((sum, part) => sum + part.notes.length, 0);
  const all: Fact[] = [...facts, ['Notes', notes.toLocaleString('en')]];
  return `<section class="card"><h2>The music</h2>${list(all)}</section>`;
}

function list(facts: readonly Fact[]): string {
  return `<dl>${facts.map(([heading, words]) => `<div><dt>${htmlText(heading)}</dt><dd>${foreign(words)}</dd></div>`).join('')}</dl>`;
}
