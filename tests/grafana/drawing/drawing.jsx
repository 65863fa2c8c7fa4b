// Panels as @grafana/ui draws them, for a page with an element "panel": window.draw(panel, width, height).
//
// What stands between a panel's JSON and these components in Grafana, its panel plugins, is not in a
// published package: "bargauge", "stat", "table" and "trend" below hand over the options as those do.
import * as data from '@grafana/data';
import { BarGauge, BigValue, GlobalStyles, TimeSeries, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { createRoot } from 'react-dom/client';
import * as rxjs from 'rxjs';
import { framesOf } from '../transformations/answers.cjs';
import { coursesBy } from '../transformations/courses.cjs';
import { settings } from '../transformations/looks.cjs';

const theme = data.createTheme({ colors: { mode: 'dark' } });
const unchanged = (text) => text;
const known = new Set([...Object.values(data.standardTransformers), coursesBy(data, rxjs)]);
data.standardTransformersRegistry.setInit(() =>
  [...known].map((info) => ({ ...info, transformation: async () => info }))
);
data.standardFieldConfigEditorRegistry.setInit(() => settings(data));

/** The settings of fields, with those of this panel's own ("custom"), whatever they are called. */
const registryOf = ({ defaults, overrides }) => {
  const set = overrides.flatMap(({ properties }) => properties.map(({ id }) => id));
  const own = [...set, ...Object.keys(defaults.custom ?? {}).map((name) => `custom.${name}`)];
  const paths = new Set(own.filter((id) => id.startsWith('custom.')));
  const custom = [...paths].map((id) => ({
    id,
    path: id.slice('custom.'.length),
    name: id,
    isCustom: true,
    process: data.identityOverrideProcessor,
    shouldApply: () => true,
    override: () => null,
    editor: () => null,
  }));
  return new data.Registry(() => [...data.standardFieldConfigEditorRegistry.list(), ...custom]);
};

/** The frames that a panel gets: transformed, with units, colours and names. */
const framesFor = async ({ transformations, queries, fieldConfig }) => {
  const frames = await rxjs.firstValueFrom(
    data.transformDataFrame(transformations, framesOf(queries))
  );
  const made = data.applyFieldOverrides({
    data: frames,
    fieldConfig,
    replaceVariables: unchanged,
    theme,
    timeZone: 'utc',
    fieldConfigRegistry: registryOf(fieldConfig),
  });
  data.cacheFieldDisplayNames(made);
  return made;
};

const figuresOf = ({ fieldConfig, options }, frames) =>
  data.getFieldDisplayValues({
    fieldConfig,
    reduceOptions: options.reduceOptions,
    replaceVariables: unchanged,
    theme,
    data: frames,
    timeZone: 'utc',
  });

const repeated = (panel, frames, size, settings, drawn) => (
  <VizRepeater
    source={frames}
    getValues={() => figuresOf(panel, frames)}
    getAlignmentFactors={data.getDisplayValueAlignmentFactors}
    renderCounter={1}
    orientation={panel.options.orientation}
    renderValue={drawn}
    {...size}
    {...settings}
  />
);

const bargauge = (panel, frames, size) => {
  const { options } = panel;
  const settings = { autoGrid: false, itemSpacing: 10, minVizHeight: 16, minVizWidth: 8 };
  return repeated(panel, frames, size, settings, ({ value, count, ...given }) => (
    <BarGauge
      {...given}
      value={value.display}
      field={value.field}
      display={value.view?.getFieldDisplayProcessor(value.colIndex)}
      text={options.text}
      theme={theme}
      itemSpacing={2}
      displayMode={options.displayMode}
      showUnfilled={options.showUnfilled}
      valueDisplayMode={options.valueMode}
      namePlacement={options.namePlacement}
    />
  ));
};

const stat = (panel, frames, size) => {
  const { options } = panel;
  const settings = { autoGrid: true, itemSpacing: 3 };
  return repeated(panel, frames, size, settings, ({ value, ...given }) => (
    <BigValue
      {...given}
      value={value.display}
      colorMode={options.colorMode}
      graphMode={options.graphMode}
      justifyMode={options.justifyMode}
      textMode={options.textMode}
      text={options.text}
      theme={theme}
    />
  ));
};

const table = ({ options, fieldConfig }, frames, size) => (
  <TableNG
    {...size}
    data={frames[0]}
    theme={theme}
    noHeader={!options.showHeader}
    cellHeight={options.cellHeight}
    enablePagination={options.enablePagination}
    fieldConfig={fieldConfig}
    getActions={() => []}
    structureRev={1}
  />
);

const trend = ({ options }, frames, size) => {
  const [frame] = frames;
  const named = (field) => data.getFieldDisplayName(field, frame, frames) === options.xField;
  const lines = frame.fields.filter((field) => !named(field) && field.type === 'number');
  const ordered = { ...frame, fields: [frame.fields.find(named), ...lines] };
  return (
    <TimeSeries
      {...size}
      frames={[ordered]}
      structureRev={1}
      timeRange={{ from: 0, to: 1 }}
      timeZone="utc"
      legend={options.legend}
      options={options}
      theme={theme}
      preparePlotFrame={([one]) => one}
    />
  );
};

const KINDS = { bargauge, stat, table, trend };
// What is written on a canvas is in no element: here it is kept.
const write = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
  window.written.push(`${text}`);
  return write.call(this, text, ...where);
};

let root;
window.draw = async (panel, width, height) => {
  const frames = await framesFor(panel);
  const element = document.getElementById('panel');
  const background = theme.colors.background.primary;
  element.style.cssText = `width:${width}px;height:${height}px;background:${background}`;
  root?.unmount();
  window.written = [];
  root = createRoot(element);
  root.render(
    <data.ThemeContext.Provider value={theme}>
      <GlobalStyles />
      {KINDS[panel.type](panel, frames, { width, height })}
    </data.ThemeContext.Provider>
  );
};
