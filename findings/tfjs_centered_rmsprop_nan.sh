#!/bin/sh
# TensorFlow.js 4.22.0 (backend cpu): tf.train.rmsprop with centered = true subtracts epsilon under the root instead of
# adding it: it divides by sqrt(v - (m^2 + epsilon)), so a small derivative makes the parameter NaN at the first step.
#
# Expected (by its own documentation: epsilon is a "small value to avoid zero denominator"; TensorFlow's kernel
#   ApplyCenteredRMSProp and Keras divide by sqrt(v - m^2 + epsilon)): from w = 0 with alpha = 0.1, decay 0.9,
#   epsilon = 1e-7 and g = 1e-4, v = 1e-9, m = 1e-5, and w becomes -0.1 * 1e-4 / sqrt(9e-10 + 1e-7) = -0.0314814.
# Seen (NaN was guessed from the source, before the first run): v - (m^2 + epsilon) = -9.91e-8, and w is NaN. A derivative
#   of 0 gives NaN too, so whoever has one dead unit loses it; one of 1 differs only in the sixth digit, so that nothing
#   is noticed before. Without centered, all three are finite.
# Why it matters: a network trains well until its derivatives become small, which is the end of every good run, and then
#   all is NaN. Centered is off by default, so it is the choice of those who compare rules.
# Exits 0 while that is so, 1 if it changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @tensorflow/tfjs@4.22.0
cat >walk.js <<'JS'
const tf = require("@tensorflow/tfjs");

const [RATE, DECAY, EPSILON] = [0.1, 0.9, 1e-7];

async function stepped(g, centered) {
  const w = tf.variable(tf.scalar(0));
  tf.train.rmsprop(RATE, DECAY, 0, EPSILON, centered).applyGradients({ [w.name]: tf.scalar(g) });
  return (await w.data())[0];
}

function expected(g, centered) {
  const [v, m] = [(1 - DECAY) * g * g, centered ? (1 - DECAY) * g : 0];
  return (-RATE * g) / Math.sqrt(v - m * m + EPSILON) + 0; // + 0: no zero with a sign
}

async function main() {
  await tf.setBackend("cpu");
  console.log("@tensorflow/tfjs", tf.version.tfjs);
  let asFound = true;
  for (const centered of [false, true]) {
    for (const g of [1, 1e-4, 0]) {
      const [seen, right] = [await stepped(g, centered), expected(g, centered)];
      console.log(`centered ${centered}, g = ${g}: seen ${seen}, expected ${right}`);
      const near = Math.abs(seen - right) < 1e-5;
      asFound = asFound && (centered && g < 1 ? Number.isNaN(seen) : near);
    }
  }
  console.log(asFound ? "as found" : "changed");
  process.exitCode = asFound ? 0 : 1;
}

main();
JS
node walk.js
