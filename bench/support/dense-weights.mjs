// How much a network multiplies: the weights whose products count, all but biases and the rows that sparse inputs look up.

/** A token learned costs 6 FLOP for each of them. */
export function denseWeights({ inputSize, numClasses, layerSizes, attnLength }) {
  let count = 0;
  let below = 0;
  layerSizes.forEach((units, level) => {
    if (level === 0 && attnLength > 0) count += units * inputSize + inputSize * 4 * units + 5 * units * units;
    count += (below + units) * 4 * units;
    below = units;
  });
  return count + below * numClasses;
}
