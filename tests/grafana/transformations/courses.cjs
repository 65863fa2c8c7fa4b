'use strict';
// Grafana's "Time series to table" in our own words, by its documentation and by what it does: it is
// not in the published package. It takes for a series every frame that has a number and times that
// rise. A table of one row is one, too: it becomes a course, and loses its labels, which are fields there.

/** The transformation, for Grafana's registry of them. */
exports.coursesBy = ({ isTimeSeriesFrame }, { map }) => ({
  id: 'timeSeriesTable',
  name: 'Time series to table',
  operator: () => (source) => source.pipe(map((frames) => tablesOf(frames, isTimeSeriesFrame))),
});

/** What is no series as it was, and a table of each query that has series: a row for each of them. */
const tablesOf = (frames, isSeries) => {
  const queries = [...new Set(frames.filter(isSeries).map(({ refId }) => refId))];
  return [
    ...frames.filter((frame) => !isSeries(frame)),
    ...queries.map((refId) => tableOf(frames.filter((f) => isSeries(f) && f.refId === refId))),
  ];
};

const tableOf = (series) => {
  const numbers = series.flatMap((frame) => {
    const times = frame.fields.find(({ type }) => type === 'time');
    return frame.fields.filter(({ type }) => type === 'number').map((field) => [times, field]);
  });
  const labels = [...new Set(numbers.flatMap(([, field]) => Object.keys(field.labels ?? {})))];
  const courses = numbers.map((fields) => ({ fields, length: fields[1].values.length }));
  return {
    refId: series[0].refId,
    fields: [
      ...labels.map((name) => ({
        name,
        type: 'string',
        config: {},
        values: numbers.map(([, field]) => field.labels?.[name] ?? ''),
      })),
      { name: `Trend #${series[0].refId}`, type: 'frame', config: {}, values: courses },
    ],
    length: numbers.length,
  };
};
