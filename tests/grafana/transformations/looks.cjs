'use strict';
// How Grafana's own code has a panel's fields and figures look: what its "fieldConfig" makes of them.

/** Answers "fields" and "figures" of a panel's frames, by the given @grafana/data. */
exports.looksBy = (data) => {
  const theme = data.createTheme({ colors: { mode: 'dark' } });
  data.standardFieldConfigEditorRegistry.setInit(() => settings(data));
  const fieldConfigRegistry = data.createFieldConfigRegistry({}, 'any');

  /** The frames with units, ranges, colours, mappings and links, as a panel gets them. */
  const configured = (fieldConfig, frames) =>
    data.applyFieldOverrides({
      data: frames,
      fieldConfig,
      replaceVariables: replaced(data),
      theme,
      timeZone: 'utc',
      fieldConfigRegistry,
    });

  /** A field: what it is called, and how each of its cells reads, is coloured and leads on. */
  const fieldOf = (field, frame, frames) => ({
    name: data.getFieldDisplayName(field, frame, frames),
    type: field.type,
    unit: field.config.unit ?? null,
    range: [field.config.min ?? null, field.config.max ?? null],
    cells: Array.from({ length: frame.length }, (_, i) => cellOf(data, field, i)),
  });

  /** The figures of a stat or a bar gauge: name, text, colour, and how far a bar reaches (0..1). */
  const figuresOf = ({ fieldConfig, options }, frames) =>
    data
      .getFieldDisplayValues({
        fieldConfig,
        reduceOptions: options.reduceOptions,
        replaceVariables: replaced(data),
        theme,
        data: frames,
        timeZone: 'utc',
      })
      .map(({ display, field, hasLinks }) => {
        const scale = (display.numeric - field.min) / (field.max - field.min);
        return {
          name: display.title ?? '',
          text: data.formattedValueToString(display),
          value: display.numeric,
          colour: display.color,
          reach: Number.isFinite(scale) ? scale : null,
          linked: hasLinks,
        };
      });

  const FIGURES = new Set(['stat', 'bargauge']);
  return {
    looksOf: (panel, frames) => {
      const made = configured(panel.fieldConfig, frames);
      return {
        fields: made.map((frame) => frame.fields.map((field) => fieldOf(field, frame, made))),
        figures: FIGURES.has(panel.type) ? figuresOf(panel, made) : [],
      };
    },
  };
};

const cellOf = (data, field, i) => {
  const shown = field.display(field.values[i]);
  const links = field.getLinks?.({ valueRowIndex: i }) ?? [];
  return {
    text: data.formattedValueToString(shown),
    colour: shown.color ?? null,
    links: links.map(({ href }) => href),
  };
};

/** What fills ${...} in links: the cell's, the field's labels; the rest of a page stays as it is. */
const replaced = () => (text, scoped) =>
  text.replace(/\$\{(__value\.(?:text|raw)|__field\.labels\.\w+)\}/g, (whole, name) => {
    const context = scoped?.__dataContext?.value;
    if (!context) return whole;
    if (name.startsWith('__value')) {
      const value = context.field.values[context.rowIndex];
      return name.endsWith('raw') ? `${value ?? ''}` : context.field.display(value).text;
    }
    return context.field.labels?.[name.split('.').pop()] ?? '';
  });

/** The settings that every kind of panel has, as Grafana's page registers them; ours by name. */
const settings = (exports.settings = (data) => {
  const entries = {
    unit: data.unitOverrideProcessor,
    min: data.numberOverrideProcessor,
    max: data.numberOverrideProcessor,
    decimals: data.numberOverrideProcessor,
    displayName: data.displayNameOverrideProcessor,
    noValue: data.stringOverrideProcessor,
    color: data.identityOverrideProcessor,
    mappings: data.valueMappingsOverrideProcessor,
    links: data.dataLinksOverrideProcessor,
    thresholds: data.thresholdsOverrideProcessor,
  };
  return Object.entries(entries).map(([id, process]) => ({
    id,
    path: id,
    name: id,
    process,
    shouldApply: () => true,
    override: () => null,
    editor: () => null,
  }));
});
