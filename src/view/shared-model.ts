// A model card in words for those who have never heard of one. What the card does not say is left out. Pure.

import type { Fact, SharedModel } from './share-data.js';
import { asDate } from './share-words.js';

/** What each network does, for musicians. */
const NETWORKS: Readonly<Record<string, string>> = {
  basic_rnn: 'chooses each note by those before it',
  mono_rnn: 'chooses each note by those before it, from all 128 pitches',
  lookback_rnn: 'chooses each note by those before it, and hears repeats one and two bars back',
  attention_rnn: 'chooses each note by those before it, and looks back over the last bars',
};

/**
 * @param card a model card (model.json), as it stands; undefined where there is none
 * @param written when its weights were written, ISO 8601
 * @param changed the model has been trained on since it played
 */
export function sharedModel(
  name: string,
  card: object | undefined,
  { written, changed = false }: { written?: string | undefined; changed?: boolean } = {},
): SharedModel {
  const { configuration, artist, stepsTrained, metrics, versions } = (card ?? {}) as Readonly<Record<string, unknown>>;
  const nats = isRecord(metrics) ? metrics.natsPerEvent : undefined;
  const mst = isRecord(versions) ? versions.mst : undefined;
  const facts: Fact[] = [];
  const add = (heading: string, words: string | undefined): void => {
    if (words !== undefined) facts.push([heading, words]);
  };
  add('Learned from', textOf(artist));
  add('Network', typeof configuration === 'string' ? networkWords(configuration) : undefined);
  add('On songs set aside', typeof nats === 'number' ? `${nats.toFixed(2)} nats per event (less is better)` : undefined);
  const steps = typeof stepsTrained === 'number' && stepsTrained > 0 ? `${stepsTrained.toLocaleString('en')} steps` : undefined;
  const date = changed || written === undefined ? undefined : asDate(written);
  add('Trained', steps === undefined ? date : date === undefined ? steps : `${date}, ${steps}`);
  add('Made with', textOf(mst) && `mst ${textOf(mst)}`);
  if (changed) add('Note', 'it has been trained on since it played this');
  return { name, facts };
}

function networkWords(configuration: string): string {
  const words = Object.hasOwn(NETWORKS, configuration) ? NETWORKS[configuration] : undefined;
  return words === undefined ? configuration : `${configuration}: ${words}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
