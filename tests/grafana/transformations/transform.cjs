'use strict';
// node transform.cjs FOLDER: panels in a line of standard input -> the frames that Grafana would draw of
// them, in a line of standard output.
//
// FOLDER has @grafana/data in its node_modules. A line is a JSON list of panels: "transformations"
// as in a dashboard, and "queries" with "refId", "format" and "result" (the engine's answer). The answer
// is a list of what each panel gets: "frames", each a list of fields with "name" and "values". A panel
// that brings its "fieldConfig" gets "looks" as well: what people read (see looks.cjs).

const { createRequire } = require('node:module');
const path = require('node:path');
const { createInterface } = require('node:readline');

const published = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'));
const data = published('@grafana/data');
const rxjs = published('rxjs');
// It is made for browsers: before each step it asks the page whether the dashboard has scenes.
globalThis.window = {};
globalThis.navigator ??= { language: 'en-US', languages: ['en-US'] };
const { framesOf } = require('./answers.cjs');
const { coursesBy } = require('./courses.cjs');
const { looksBy } = require('./looks.cjs');
const { looksOf } = looksBy(data);

// Some stand there by an old name as well.
const known = new Set([...Object.values(data.standardTransformers), coursesBy(data, rxjs)]);
data.standardTransformersRegistry.setInit(() =>
  [...known].map((info) => ({ ...info, transformation: async () => info }))
);

/** The frames of a panel after its transformations, as they are shown: by the names that people see. */
const shown = async (panel) => {
  const frames = await rxjs.firstValueFrom(
    data.transformDataFrame(panel.transformations, framesOf(panel.queries))
  );
  const fields = frames.map((frame) =>
    frame.fields.map((field) => ({
      name: data.getFieldDisplayName(field, frame, frames),
      values: Array.from({ length: frame.length }, (_, i) => plain(field.values[i])),
    }))
  );
  return { frames: fields, looks: panel.fieldConfig ? looksOf(panel, frames) : null };
};

/** A cell; a course is the list of its values. */
const plain = (cell) => cell?.fields?.[1].values ?? cell ?? null;

const answer = async (panels) => {
  for (const { id } of panels.flatMap(({ transformations }) => transformations)) {
    // Grafana leaves out silently what it does not know.
    if (!data.standardTransformersRegistry.getIfExists(id)) throw new Error(`no ${id} is known here`);
  }
  return JSON.stringify(await Promise.all(panels.map(shown)));
};

const main = async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${await answer(JSON.parse(line))}\n`);
  }
};

main();
