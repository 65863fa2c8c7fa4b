'use strict';
// What Grafana's Prometheus data source makes of an engine's answers, in our own words: that source is
// not in the published package. A query without series still gives a frame, one without fields.

const TABLE = 'table';

/** The frames of a panel's queries, those of the format "table" last, as they come to a panel. */
exports.framesOf = (queries) => {
  const tables = queries.filter((query) => query.format === TABLE);
  return [
    ...queries.filter((query) => query.format !== TABLE).flatMap(seriesOf),
    ...(tables.length === 1 && !tables[0].result.length
      ? [nothing(tables[0])]
      : tables.map((query) => tableOf(query, tables.length > 1))),
  ];
};

const nothing = ({ refId }) => ({ refId, fields: [], length: 0 });

/** A frame for each series: times in milliseconds, and values that carry its labels. */
const seriesOf = (query) =>
  query.result.length
    ? query.result.map((entry) => ({
        refId: query.refId,
        fields: [timeField(entry), { ...namedField(query, entry), labels: entry.metric }],
        length: samplesOf(entry).length,
      }))
    : [nothing(query)];

/** One frame: the time, a field for each label in order of name, and the value. */
const tableOf = ({ refId, result }, numbered) => {
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric).sort()))];
  const every = (values) => result.flatMap(values);
  return {
    refId,
    fields: [
      { name: 'Time', type: 'time', config: {}, values: every((entry) => timeField(entry).values) },
      ...labels.map((name) => ({
        name,
        type: 'string',
        config: { filterable: true },
        values: every((entry) => samplesOf(entry).map(() => entry.metric[name] ?? '')),
      })),
      {
        name: numbered ? `Value #${refId}` : 'Value',
        type: 'number',
        config: {},
        values: every((entry) => valueField('Value', entry).values),
      },
    ],
    length: every(samplesOf).length,
  };
};

/** The values under the query's legend: {{label}} is the label's value, or the text as it is. */
const namedField = ({ legend = '' }, entry) => {
  const field = valueField('Value', entry);
  const name = legend.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => entry.metric[label] ?? label);
  return legend ? { ...field, config: { displayNameFromDS: name } } : field;
};

const samplesOf = ({ value, values }) => values ?? [value];

const timeField = (entry) => ({
  name: 'Time',
  type: 'time',
  config: {},
  values: samplesOf(entry).map(([seconds]) => seconds * 1000),
});

const valueField = (name, entry) => ({
  name,
  type: 'number',
  config: {},
  values: samplesOf(entry).map(([, text]) => Number(text)),
});
