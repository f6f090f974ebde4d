// Magenta's .mag bundles (spec H.1), read: a protocol buffer with the name of a configuration, a checkpoint, and the graph it belongs to.
// Of the graph only the constants are looked at that tell how far an attention looks back.

import { checkpointSource, refuse } from './checkpoint-tensor.js';
import { decodeMessage, message, nested, nestedList, plain, repeated } from './message.js';

/** What a bundle holds. */
export interface GeneratorBundle {
  /** The configuration's name, such as attention_rnn; empty where none is given. */
  readonly id: string;
  readonly description: string;
  /** The bundle's own description by who made it. */
  readonly note: string;
  /** A V1 checkpoint. */
  readonly checkpoint: Uint8Array;
  /** A MetaGraphDef; empty where there is none. */
  readonly graph: Uint8Array;
}

interface Details {
  id: string;
  description: string;
}
interface Bundle {
  generatorDetails?: Details | undefined;
  checkpointFile: Uint8Array[];
  metagraphFile: Uint8Array;
  bundleDetails?: { description: string } | undefined;
}

const details = message<Details>('GeneratorDetails', { id: plain(1, 'string'), description: plain(2, 'string') });
const bundleDetails = message<{ description: string }>('BundleDetails', { description: plain(1, 'string') });
const bundle = message<Bundle>('GeneratorBundle', {
  generatorDetails: nested(1, () => details),
  checkpointFile: repeated(2, 'bytes'),
  metagraphFile: plain(3, 'bytes'),
  bundleDetails: nested(4, () => bundleDetails),
});

/** @param name what errors call it; @throws MstError `bad-model` */
export function decodeGeneratorBundle(bytes: Uint8Array, name: string): GeneratorBundle {
  const source = checkpointSource(name);
  const { generatorDetails, checkpointFile, metagraphFile, bundleDetails: own } = decodeMessage(bundle, bytes, source);
  const [checkpoint] = checkpointFile;
  if (checkpoint === undefined || checkpointFile.length > 1) {
    return refuse(source, `it holds ${checkpointFile.length} checkpoints, where a Magenta bundle holds one`);
  }
  return {
    id: generatorDetails?.id ?? '',
    description: generatorDetails?.description ?? '',
    note: own?.description ?? '',
    checkpoint,
    graph: metagraphFile,
  };
}

interface Constant {
  dtype: number;
  content: Uint8Array;
  integers: number[];
}
interface Attribute {
  key: string;
  value?: { tensor?: Constant | undefined } | undefined;
}
interface Node {
  name: string;
  op: string;
  attributes: Attribute[];
}
interface MetaGraph {
  graph?: { nodes: Node[] } | undefined;
}

const INT32 = 3;
const constant = message<Constant>('TensorProto', { dtype: plain(1, 'enum'), content: plain(4, 'bytes'), integers: repeated(7, 'int32') });
const attributeValue = message<{ tensor?: Constant | undefined }>('AttrValue', { tensor: nested(8, () => constant) });
const attribute = message<Attribute>('NodeDef.AttrEntry', { key: plain(1, 'string'), value: nested(2, () => attributeValue) });
const node = message<Node>('NodeDef', { name: plain(1, 'string'), op: plain(2, 'string'), attributes: nestedList(5, () => attribute) });
const graphDef = message<{ nodes: Node[] }>('GraphDef', { nodes: nestedList(1, () => node) });
const metaGraph = message<MetaGraph>('MetaGraphDef', { graph: nested(2, () => graphDef) });

/**
 * How many steps the attention of a graph looks back over: the second number of [-1, steps, units], the shape its memory is brought into.
 * Undefined where the graph does not say, or says several.
 * @param units of the attention
 * @throws MstError `bad-model`
 */
export function attentionLengthOf(graph: Uint8Array, units: number, name: string): number | undefined {
  const found = new Set<number>();
  for (const { name: nodeName, op, attributes } of decodeMessage(metaGraph, graph, checkpointSource(name)).graph?.nodes ?? []) {
    if (op !== 'Const' || !/attention.*reshape(_\d+)?\/shape$/i.test(nodeName)) continue;
    const shape = integersOf(attributes.find(({ key }) => key === 'value')?.value?.tensor);
    const [before, steps = 0, last] = shape;
    if (shape.length === 3 && before === -1 && steps > 0 && last === units) found.add(steps);
  }
  return found.size === 1 ? [...found][0] : undefined;
}

function integersOf(tensor: Constant | undefined): readonly number[] {
  if (tensor?.dtype !== INT32) return [];
  const { content, integers } = tensor;
  if (integers.length > 0) return integers;
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return Array.from({ length: Math.min(8, Math.floor(content.length / 4)) }, (_, k) => view.getInt32(4 * k, true));
}
