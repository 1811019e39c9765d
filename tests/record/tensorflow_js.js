// Records TensorFlow.js's update rules: npm install @tensorflow/tfjs@4.22.0, then node tests/record/tensorflow_js.js
const fs = require("fs");
const path = require("path");
const tf = require("@tensorflow/tfjs");

const given = JSON.parse(fs.readFileSync(path.join(__dirname, "gradients.json")));
const RATE = 0.1;
const CASES = [
  ["sgd", {}, RATE, () => tf.train.sgd(RATE)],
  ["momentum", {}, RATE, () => tf.train.momentum(RATE, 0.9)],
  ["momentum", { nesterov: true }, RATE, () => tf.train.momentum(RATE, 0.9, true)],
  ["adam", {}, null, () => tf.train.adam()],
  ["adamax", {}, null, () => tf.train.adamax()],
  ["rmsprop", {}, RATE, () => tf.train.rmsprop(RATE)],
  ["rmsprop", { momentum: 0.9 }, RATE, () => tf.train.rmsprop(RATE, 0.9, 0.9)],
  ["adagrad", {}, RATE, () => tf.train.adagrad(RATE)],
  ["adadelta", {}, null, () => tf.train.adadelta()],
];

async function run(make) {
  const w = tf.variable(tf.tensor1d(given.w));
  const optimizer = make();
  const rows = [];
  for (const g of given.g) {
    optimizer.applyGradients({ [w.name]: tf.tensor1d(g) });
    rows.push(Array.from(await w.data()));
  }
  return rows;
}

async function main() {
  await tf.setBackend("cpu");
  const runs = [];
  for (const [rule, settings, rate, make] of CASES) {
    const one = { rule, settings, w: await run(make) };
    runs.push(rate === null ? one : { ...one, learning_rate: rate });
  }
  const record = { framework: "tensorflow.js", versions: { "@tensorflow/tfjs": tf.version.tfjs }, runs };
  fs.writeFileSync(path.join(__dirname, "tensorflow.js.json"), JSON.stringify(record, null, 1) + "\n");
  console.log(record.versions, runs.length, "runs");
}

main();
