// Who answers: the name in large letters opens the list of all models. One answers as a rule; several can take turns.

import { useState } from 'preact/hooks';
import type { PageView } from '../page-session.js';
import { DownIcon } from './icons.js';
import { Panel } from './panel.js';
import { useSession, useView } from './session-context.js';
import { bytes, modelNames } from './words.js';

type Model = PageView['models'][number];

/** What is known of a model, in a few words. */
function about({ artist, configuration, size, loaded, written }: Model): string {
  if (loaded.state === 'broken') return '';
  const parts = [
    artist !== undefined && `learned from ${artist}`,
    configuration?.replace('_rnn', ' network').replace('_', ' '),
    bytes(size),
  ];
  if (written !== undefined && !Number.isNaN(Date.parse(written)))
    parts.push(new Date(written).toLocaleDateString('en', { dateStyle: 'medium' }));
  return parts.filter(Boolean).join(' · ');
}

const onItsWay = (done: number | undefined): string => (done === undefined ? 'on its way…' : `on its way… ${Math.round(done * 100)}%`);

function ModelRow({ model, chosen, several, onChoose }: { model: Model; chosen: boolean; several: boolean; onChoose: () => void }) {
  const { loaded, name } = model;
  const broken = loaded.state === 'broken';
  return (
    <li>
      <label class={`model-row${broken ? ' broken' : ''}`}>
        <input type={several ? 'checkbox' : 'radio'} name="model" checked={chosen} disabled={broken} onChange={onChoose} />
        <span>
          <bdi class="model-row-name">{name}</bdi>
          {broken ? (
            <span class="model-row-problem">
              <bdi>
                Cannot play. {loaded.message} {loaded.hint}
              </bdi>
            </span>
          ) : (
            <bdi class="model-row-about">
              {about(model)}
              {loaded.state === 'loading' && ` · ${onItsWay(loaded.done)}`}
              {loaded.state === 'ready' && ' · ready'}
            </bdi>
          )}
        </span>
      </label>
    </li>
  );
}

export function ModelPicker() {
  const session = useSession();
  const models = useView((view) => view.models);
  const chosen = useView((view) => view.settings.models);
  const listing = useView((view) => view.listing);
  const [several, setSeveral] = useState(chosen.length > 1);
  const loading = models.find(({ name, loaded }) => chosen.includes(name) && loaded.state === 'loading');
  const choose = (name: string): void => {
    const without = chosen.filter((other) => other !== name);
    if (!several) session.change({ models: [name] });
    else if (without.length === chosen.length) session.change({ models: [...chosen, name] });
    else if (without.length > 0) session.change({ models: without });
  };
  const shown = chosen.length > 0 ? modelNames(chosen) : listing === 'loading' ? 'Looking for models…' : 'No model';
  return (
    <div class="picker">
      <Panel
        label="Who answers?"
        class="models"
        buttonClass="picker-button"
        button={
          <>
            <span class="unseen">Who answers: </span>
            <i class="mark model" aria-hidden="true" />
            <bdi class="picker-name">{shown}</bdi>
            {loading?.loaded.state === 'loading' && <span class="picker-loading">{onItsWay(loading.loaded.done)}</span>}
            <DownIcon />
          </>
        }
      >
        {(close) => (
          <>
            <h2>Who answers?</h2>
            {models.length === 0 && <p class="quiet">{listing === 'loading' ? 'Looking for models…' : 'There is no model here yet.'}</p>}
            <ul class="model-list">
              {models.map((model) => (
                <ModelRow
                  key={model.name}
                  model={model}
                  chosen={chosen.includes(model.name)}
                  several={several}
                  onChoose={() => choose(model.name)}
                />
              ))}
            </ul>
            {models.length > 1 && (
              <label class="check">
                <input
                  type="checkbox"
                  checked={several}
                  onChange={(event) => {
                    setSeveral(event.currentTarget.checked);
                    const [first] = chosen;
                    if (!event.currentTarget.checked && first !== undefined && chosen.length > 1) session.change({ models: [first] });
                  }}
                />
                Let several answer, one after the other
              </label>
            )}
            <div class="panel-foot">
              <button type="button" class="small" onClick={() => void session.reload()}>
                Look for models again
              </button>
              <button type="button" class="small strong" onClick={close}>
                Done
              </button>
            </div>
          </>
        )}
      </Panel>
    </div>
  );
}
