// What benches say of the machine they ran on, and of many figures together.
import { availableParallelism, cpus, loadavg } from 'node:os';

export const load = () => `load ${loadavg()[0].toFixed(1)}`;

/** The machine, how busy it is, and the Node that runs. */
export const machine = () => `${cpus()[0].model}, ${availableParallelism()} cores, ${load()}; Node ${process.version}`;

/** The least of the numbers that a share `q` of them does not exceed. */
export const quantile = (numbers, q) => [...numbers].sort((a, b) => a - b)[Math.max(0, Math.ceil(numbers.length * q) - 1)] ?? Number.NaN;

/** The middle one, of an even number of them the upper. */
export const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
