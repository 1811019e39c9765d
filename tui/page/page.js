"use strict";
// Shows the walk that was computed by gradstep: puts together what changes from place to place, and computes no number of it.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const places = data.places;
  const the = (id) => document.getElementById(id);
  const SIZES = { wide: "wide", narrow: "narrow" };
  const SWIPE = 45;

  let at = 0; // the place
  let slot = 0; // which example of a batch
  let testing = false;
  let hints = 0;
  let spoilt = false;
  let remark = "";
  const score = { asked: 0, right: 0 };

  // Elements. Texts are only ever set as text.

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function vector(name, attributes) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function ink(name) {
    const bold = name.endsWith("+");
    const bare = bold ? name.slice(0, -1) : name;
    return (bare ? "i-" + bare : "") + (bold ? " bold" : "");
  }

  function runs(flat, className) {
    const whole = element("span", className);
    for (let i = 0; i < flat.length; i += 2) {
      whole.append(flat[i + 1] ? element("span", ink(flat[i + 1]), flat[i]) : flat[i]);
    }
    return whole;
  }

  // What is to be seen at a place: all changes up to it.

  const kept = { slot: -1, at: -1, wide: [], narrow: [], cells: [] };

  function seen(place, which) {
    const views = places[place].views;
    return views[which < views.length ? which : 0];
  }

  function state(place, which) {
    const chosen = which < places[place].views.length ? which : 0;
    if (kept.slot !== chosen || kept.at > place) Object.assign(kept, { slot: chosen, at: -1, wide: [], narrow: [], cells: [] });
    for (let i = kept.at + 1; i <= place; i += 1) {
      const view = places[i].views[chosen];
      if (!view) continue;
      for (const part of ["wide", "narrow", "cells"]) {
        for (let j = 0; j < view[part].length; j += 2) kept[part][view[part][j]] = view[part][j + 1];
      }
    }
    kept.at = place;
    return kept;
  }

  // The graph: characters each in its cell; frames and edges are lines.

  const CELL = { width: 10, height: 20 };
  const ARMS = { // left, up, right, down; heavy ones 2; round corners are told by 'r'
    "─": [1, 0, 1, 0], "│": [0, 1, 0, 1], "━": [2, 0, 2, 0], "┃": [0, 2, 0, 2],
    "╭": [0, 0, 1, 1], "╮": [1, 0, 0, 1], "╰": [0, 1, 1, 0], "╯": [1, 1, 0, 0],
    "┏": [0, 0, 2, 2], "┓": [2, 0, 0, 2], "┗": [0, 2, 2, 0], "┛": [2, 2, 0, 0],
  };
  const ROUND = "╭╮╰╯";

  class Picture {
    constructor(columns, rows) {
      this.columns = columns;
      this.rows = rows;
      this.grounds = [];
      this.texts = [];
      this.paths = new Map();
    }

    path(look, kind, piece) {
      const key = look + " " + kind;
      if (!this.paths.has(key)) this.paths.set(key, []);
      this.paths.get(key).push(piece);
    }

    put(row, [column, look, text, whole]) {
      const [, ground] = data.looks[look];
      const characters = whole ? [text] : Array.from(text);
      if (ground) {
        const cells = whole ? 2 : characters.length;
        this.grounds.push(vector("rect", { class: "i-" + ground, x: column * CELL.width, y: row * CELL.height, width: cells * CELL.width, height: CELL.height }));
      }
      let piece = null;
      characters.forEach((character, i) => {
        if (this.drawn(row, column + i, look, character)) { piece = null; return; }
        if (character === " ") { piece = null; return; }
        if (!piece) {
          piece = { look, row, xs: [], text: "" };
          this.texts.push(piece);
        }
        piece.xs.push((column + i) * CELL.width + 0.2);
        piece.text += character;
      });
    }

    drawn(row, column, look, character) {
      const x = column * CELL.width, y = row * CELL.height;
      const code = character.codePointAt(0);
      if (code >= 0x2581 && code <= 0x2588) { // blocks that fill a cell from below
        const high = ((code - 0x2580) / 8) * CELL.height;
        this.path(look, "solid", `M${x} ${y + CELL.height - high}h${CELL.width}v${high}h${-CELL.width}z`);
        return true;
      }
      const arms = ARMS[character];
      if (!arms) return false;
      const cx = x + CELL.width / 2, cy = y + CELL.height / 2;
      const ends = [[x, cy], [cx, y], [x + CELL.width, cy], [cx, y + CELL.height]];
      const used = ends.filter((_, i) => arms[i]);
      const kind = Math.max(...arms) > 1 ? "heavy" : "light";
      const middle = ROUND.includes(character) ? `Q${cx} ${cy} ` : `L${cx} ${cy}L`;
      this.path(look, kind, `M${used[0].join(" ")}${middle}${used[1].join(" ")}`);
      return true;
    }

    line([x0, y0, x1, y1, look, thick, dashed]) { // of dots, two across and four down in a cell
      const [from, to] = [[x0, y0], [x1, y1]].map(([x, y]) => `${x * 5 + 2.5} ${y * 5 + 2.5}`);
      this.path(look, "edge" + (thick ? "-thick" : "") + (dashed ? "-dashed" : ""), `M${from}L${to}`);
    }

    into(svg) {
      svg.setAttribute("viewBox", `0 0 ${this.columns * CELL.width} ${this.rows * CELL.height}`);
      const made = [...this.grounds];
      for (const [key, pieces] of this.paths) { // the lines of the step are the last ones that were put: above the others
        const [look, kind] = key.split(" ");
        made.push(vector("path", { class: `i-${data.looks[look][0]} ${kind}`, d: pieces.join("") }));
      }
      for (const piece of this.texts) {
        const [name, ground, bold] = data.looks[piece.look];
        const text = vector("text", { class: `i-${name}${bold ? " bold" : ""}${ground ? " on-ground" : ""}`, x: piece.xs.join(" "), y: piece.row * CELL.height + 15.3 });
        text.textContent = piece.text;
        made.push(text);
      }
      svg.replaceChildren(...made);
      return svg;
    }
  }

  function picture(svg, numbers, size) {
    const [columns, rows] = data.sizes[size];
    const drawing = new Picture(columns, rows);
    numbers.slice(0, rows).forEach((number, row) => data.rows[number].forEach((run) => drawing.put(row, run)));
    data.rows[numbers[rows]].forEach((line) => drawing.line(line));
    return drawing.into(svg);
  }

  const size = () => (window.innerWidth < 760 ? SIZES.narrow : SIZES.wide);

  // The calculation

  function line([kind, left, flat]) {
    const made = element("div", "line " + kind);
    if (kind === "with") made.append(element("span", "left", "with " + left + " = "));
    else if (left) made.append(element("span", "left", left + " = "));
    else if (kind === "form" || kind === "result") made.append(element("span", "left", "  = "));
    made.append(runs(flat, "right"));
    return made;
  }

  function calculation(one) {
    const made = element("div", "calc");
    const head = element("h2", "", one.name);
    if (one.remark) head.append(element("span", "muted", "   " + one.remark));
    made.append(head, ...one.lines.map(line));
    return made;
  }

  function inShort(one) {
    const made = element("div", "line");
    made.append(runs(one.short, "right"));
    if (one.remark) made.append(element("span", "muted", "\u00a0" + one.remark.slice(0, 1)));
    return made;
  }

  function opened(one) {
    const made = element("details"), head = element("summary");
    head.append(inShort(one));
    made.append(head);
    made.addEventListener("toggle", () => {
      if (made.open && made.children.length < 2) made.append(calculation(one));
    });
    return made;
  }

  function below(view) {
    const found = view.calculation, made = [];
    if (found.more) made.push(element("p", "muted", `… and ${found.more} more like it: the tables have them`));
    for (const words of found.ails || []) made.push(element("p", "i-text-warning", words));
    return made;
  }

  function note(flat) {
    const made = element("div", "note");
    for (let i = 0; i < flat.length; i += 2) {
      const formula = flat[i + 1] !== "" && flat[i + 1] !== "+";
      made.append(element("span", ink(flat[i + 1]) + (formula ? " formula" : ""), flat[i]));
    }
    return made;
  }

  // Tables: made once, then only what changes

  const cells = [];
  const legends = [];

  function makeTables() {
    data.tables.forEach((table) => {
      const scroll = element("div", "scroll"), made = element("table"), head = element("tr"), body = element("tbody");
      made.append(element("caption", "", table.name));
      head.append(element("th", "", ""));
      if (table.about.length) head.append(element("th", "about", ""));
      table.columns.forEach(([title, name, extra]) => {
        const cell = element("th", ink(name) + (extra ? " extra" : ""), title);
        cell.scope = "col";
        head.append(cell);
      });
      const first = cells.length;
      table.rows.forEach((name, row) => {
        const made = element("tr"), label = element("th", "", name);
        label.scope = "row";
        made.append(label);
        if (table.about.length) made.append(element("td", "muted about", table.about[row]));
        table.columns.forEach(([, name, extra], column) => {
          const cell = element("td", ink(name) + (extra ? " extra" : ""));
          cells[first + column * table.rows.length + row] = cell;
          made.append(cell);
        });
        body.append(made);
      });
      const top = element("thead");
      top.append(head);
      made.append(top, body);
      scroll.append(made);
      scroll.tabIndex = 0;
      const words = element("p", "muted", "");
      legends.push(words);
      the("tables").append(scroll, words);
    });
  }

  let lit = [];

  function fillTables(texts, view) {
    texts.forEach((text, i) => {
      if (cells[i].textContent !== text) cells[i].textContent = text;
    });
    lit.forEach((cell) => cell.classList.remove("lit"));
    lit = [];
    for (const [start, end] of view.lit) for (let i = start; i < end; i += 1) if (cells[i].textContent.trim()) lit.push(cells[i]);
    lit.forEach((cell) => cell.classList.add("lit"));
    view.legends.forEach((words, i) => { legends[i].textContent = words; });
    if (lit.length) intoSight(lit[0]);
  }

  function intoSight(cell) { // in its own box; the page stays where it is
    const scroll = cell.closest(".scroll"), box = scroll.getBoundingClientRect(), here = cell.getBoundingClientRect();
    if (!cell.offsetParent) return; // a column that is left out on a small screen
    if (here.top < box.top + 30 || here.bottom > box.bottom) scroll.scrollTop += here.top - box.top - 60;
  }

  // Questions: what is typed is held against the number and against what usual mistakes make of it

  const DIGITS = 3, TELLING = 2, SLACK = 1 + 1e-9;

  function typed(text) {
    const plain = text.trim().replace(/[−–]/g, "-").replace(/\s*=\s*$/, "");
    const match = /^([+-]?)(\d*)([.,]?)(\d*)(?:[eE]([+-]?\d+))?$/.exec(plain);
    if (!match || !(match[2] + match[4])) return null;
    const [, sign, whole, point, decimals, power] = match;
    const exponent = Number(power || 0) - decimals.length;
    const digits = (whole + decimals).replace(/^0+/, "");
    const value = Number(`${sign}${whole || 0}.${decimals || 0}e${power || 0}`);
    if (!Number.isFinite(value)) return null;
    if (!digits && !decimals) return { value, spread: 0, coarser: 0 };
    const zeros = point ? 0 : digits.length - digits.replace(/0+$/, "").length;
    return { value, spread: Number(`5e${exponent - 1}`), coarser: Number(`5e${exponent + zeros - 1}`) };
  }

  function agreement(answer, number, base, within) {
    const off = Math.abs(answer.value - number);
    if (off <= within) return "exact";
    const wide = Math.max(Math.abs(number - base), Math.abs(answer.value - base));
    for (const spread of [answer.spread, answer.coarser]) {
      if (off <= spread * SLACK && wide * SLACK >= 2 * spread * 10 ** (DIGITS - 1)) return "close";
    }
    return off <= answer.coarser * SLACK ? "coarse" : "none";
  }

  function judge(answer, question) {
    const agrees = agreement(answer, question.number, question.base, question.within);
    if (agrees === "exact") return { said: "right" };
    if (agrees === "coarse") return { said: "coarse", words: question.coarse };
    let telling = "";
    for (const [number, base, within, words] of question.mistakes) {
      const like = agreement(answer, number, base, within);
      if (agrees === "close") {
        if (like === "close") return { said: "coarse", words: question.alike };
      } else if (like === "exact" || like === "close") {
        return { said: "wrong", words };
      } else if (like === "coarse" && !telling) {
        const enough = Math.max(Math.abs(number - base), Math.abs(answer.value - base)) >= 2 * answer.spread * 10 ** (TELLING - 1);
        if (enough) telling = words;
      }
    }
    return agrees === "close" ? { said: "right" } : { said: "wrong", words: telling };
  }

  const open = () => (testing && at + 1 < places.length ? seen(at, slot).question : undefined);

  function answer(text) {
    const question = open();
    if (!question) return;
    if (!text.trim()) { help(); return; }
    const number = typed(text);
    if (!number) { say("coarse", data.words.number); return; }
    const found = judge(number, question);
    if (found.said === "right") {
      score.asked += 1;
      if (!hints && !spoilt) score.right += 1;
      go(at + 1, "✓ Right.");
    } else if (found.said === "coarse") {
      say("coarse", "… " + found.words);
    } else {
      spoilt = true;
      say("wrong", `✗ No. ${found.words || `Enter on an empty line gives ${data.words.help[Math.min(hints, 2)]}.`}`);
    }
  }

  function say(kind, words) {
    const judged = the("judged");
    judged.className = kind + "-answer";
    judged.textContent = words;
  }

  function help() {
    const question = open();
    if (!question) return;
    say("", "");
    if (hints < question.hints.length) {
      hints += 1;
      the("hints").replaceChildren(...question.hints[hints - 1].map((flat) => line(["hint", "", flat])));
      the("answer").focus();
      return;
    }
    score.asked += 1;
    go(at + 1);
  }

  function ask(question) {
    the("question").hidden = !question;
    the("calculation").hidden = Boolean(question);
    if (!question) return;
    the("asks").textContent = question.asks;
    the("means").textContent = question.means;
    the("asked").textContent = question.name;
    the("answer").value = "";
    the("hints").replaceChildren();
    say(remark ? "right" : "", remark);
    the("answer").focus({ preventScroll: true });
  }

  function test(on) {
    testing = on;
    hints = 0;
    spoilt = false;
    the("test").setAttribute("aria-pressed", String(testing));
    if (on) Object.assign(score, { asked: 0, right: 0 });
    show();
  }

  // Going

  function go(place, words) {
    const next = Math.max(0, Math.min(places.length - 1, place));
    remark = words || "";
    if (next === at) return;
    at = next;
    hints = 0;
    spoilt = false;
    show();
    location.replace("#" + places[at].iteration + ":" + places[at].step);
  }

  function on() {
    if (open()) { // the number is asked first
      the("answer").focus();
      say("coarse", `Answer first; enter on an empty line gives ${data.words.help[Math.min(hints, 2)]}.`);
    } else go(at + 1);
  }

  function iteration(by) { // the same step of another iteration
    const { iteration, step } = places[at];
    const found = places.findIndex((place) => place.iteration === iteration + by && place.step === Math.max(1, step));
    if (found >= 0) go(found);
  }

  function phase(by) { // to the first step of a phase
    const first = (i) => i === 0 || places[i].phase !== places[i - 1].phase;
    for (let i = at + by; i >= 0 && i < places.length; i += by) if (first(i)) { go(i); return; }
  }

  function fromAddress() {
    const match = /^#(\d+):(\d+)$/.exec(location.hash);
    if (!match) return;
    const found = places.findIndex((place) => place.iteration === Number(match[1]) && place.step === Number(match[2]));
    if (found >= 0) go(found);
  }

  function where(place) {
    return [`iteration ${place.iteration}`, place.batch, `step ${place.step}/${place.of}`].filter(Boolean).join("   ");
  }

  function show() {
    const place = places[at], view = seen(at, slot), now = state(at, slot);
    the("where").textContent = where(place) + (at === places.length - 1 && data.ends ? "   " + data.ends : "");
    the("phase").textContent = place.phase;
    the("what").textContent = place.what;
    the("what").className = ink(place.ink);
    picture(the("graph"), now[size()], size());
    the("notes").replaceChildren(...place.notes.map(note));
    const [first, ...others] = view.calculation.all;
    const shown = first ? [calculation(first), ...others.map(opened), ...below(view)] : [];
    if (remark) shown.unshift(element("p", "right-answer", remark));
    the("calculation").replaceChildren(...shown);
    fillTables(now.cells, view);
    the("at").value = at;
    the("at").setAttribute("aria-valuetext", where(place));
    for (const [id, ended] of [["start", at === 0], ["back", at === 0], ["on", at === places.length - 1]]) the(id).setAttribute("aria-disabled", String(ended));
    const many = place.examples;
    the("examples").hidden = many.length < 2;
    the("examples").replaceChildren(...many.map((number) => element("option", "", "example " + number)));
    the("examples").selectedIndex = slot < many.length ? slot : 0;
    the("score").textContent = testing ? `${score.right} of ${score.asked} right at once` : "";
    ask(open());
  }

  function inFull(one) { // what is given, not computed, has no line with its name
    const named = one.lines.some(([, left]) => left);
    return [...(named ? [] : [inShort(one)]), ...one.lines.filter(([kind]) => named || kind !== "rule").map(line)];
  }

  // On paper: every step, and the graph where the walk begins and ends

  function paper() {
    if (the("paper").childElementCount) return;
    const drawn = (i) => picture(vector("svg", {}), [...state(i, 0).wide], SIZES.wide);
    places.forEach((place, i) => {
      const made = element("article"), view = seen(i, 0);
      made.append(element("h2", "", [where(place), place.phase, place.what].filter(Boolean).join("   ")));
      if (i === 0) made.append(drawn(0));
      made.append(...place.notes.map(note));
      const [first, ...others] = view.calculation.all;
      if (first) made.append(...inFull(first), ...others.map(inShort), ...below(view));
      if (i === places.length - 1) made.append(drawn(i));
      the("paper").append(made);
    });
  }

  // Keys, buttons, fingers

  const KEYS = {
    ArrowRight: on, " ": on, ArrowLeft: () => go(at - 1), Home: () => go(0), End: () => { if (!testing) go(places.length - 1); },
    n: () => iteration(1), p: () => iteration(-1), PageDown: () => iteration(1), PageUp: () => iteration(-1),
    "]": () => phase(1), "[": () => phase(-1), t: () => test(!testing), Escape: () => { if (testing) test(false); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const typing = event.target === the("answer");
    if (typing && event.key !== "Escape" && !(event.key.startsWith("Arrow") && !the("answer").value)) return;
    if (/^(INPUT|SELECT)$/.test(event.target.tagName) && !typing) return; // the slider goes itself
    if (event.key === " " && /^(BUTTON|SUMMARY)$/.test(event.target.tagName)) return;
    const does = KEYS[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });
  the("on").addEventListener("click", on);
  the("back").addEventListener("click", () => go(at - 1));
  the("start").addEventListener("click", () => go(0));
  the("before").addEventListener("click", () => iteration(-1));
  the("after").addEventListener("click", () => iteration(1));
  the("at").addEventListener("input", () => go(Number(the("at").value)));
  the("test").addEventListener("click", () => test(!testing));
  the("question").addEventListener("submit", (event) => { event.preventDefault(); answer(the("answer").value); });
  the("examples").addEventListener("change", () => { slot = the("examples").selectedIndex; show(); });
  the("hint").addEventListener("click", help);

  let finger = null;
  const scrollsAcross = (target) => {
    for (let one = target; one && one !== document.body; one = one.parentElement) if (one.scrollWidth > one.clientWidth + 1 && one.classList.contains("scroll")) return true;
    return target.id === "at";
  };
  document.addEventListener("touchstart", (event) => {
    const [touch] = event.touches;
    finger = event.touches.length === 1 && !scrollsAcross(event.target) ? [touch.clientX, touch.clientY] : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!finger) return;
    const [touch] = event.changedTouches, across = touch.clientX - finger[0], down = touch.clientY - finger[1];
    finger = null;
    if (Math.abs(across) < SWIPE || Math.abs(across) < 2 * Math.abs(down)) return;
    if (across < 0) on(); else go(at - 1);
  }, { passive: true });

  let drawnIn = size();
  window.addEventListener("resize", () => { if (size() !== drawnIn) { drawnIn = size(); show(); } });
  window.addEventListener("hashchange", fromAddress);
  window.addEventListener("beforeprint", paper);
  matchMedia("print").addEventListener("change", (event) => { if (event.matches) paper(); });

  makeTables();
  the("at").max = places.length - 1;
  the("walk").hidden = false;
  fromAddress();
  show();
})();
