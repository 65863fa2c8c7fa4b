import type { AnnotationQuery, Dashboard, DataQuery, GraphFieldConfig } from '@grafana/schema';
import type * as TimeSeries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type * as Stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as BarGauge from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as Table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as Trend from '@grafana/schema/dist/esm/raw/composable/trend/panelcfg/x/TrendPanelCfg_types.gen';
import type * as StatusHistory from '@grafana/schema/dist/esm/raw/composable/statushistory/panelcfg/x/StatusHistoryPanelCfg_types.gen';
import type * as BarChart from '@grafana/schema/dist/esm/raw/composable/barchart/panelcfg/x/BarChartPanelCfg_types.gen';
import type * as XYChart from '@grafana/schema/dist/esm/raw/composable/xychart/panelcfg/x/XYChartPanelCfg_types.gen';

// JSON holds the values of enumerations, not their names.
export type Plain<T> = T extends string
  ? `${T}`
  : T extends (infer E)[]
    ? Plain<E>[]
    : T extends object
      ? { [K in keyof T]: Plain<T[K]> }
      : T;

// What Grafana's types leave to the data source: Prometheus' fields of a query.
type Asked = DataQuery & { expr: string; range?: boolean; instant?: boolean; legendFormat?: string; format?: string; interval?: string };

export type Whole = Plain<
  Omit<Dashboard, 'annotations'> & { annotations?: { list?: (AnnotationQuery<Asked> & Record<string, unknown>)[] } }
>;
export type Graph = Plain<GraphFieldConfig>;

// What kinds of panels have of their own. What is not said is as Grafana has it.
type Own<O, F = object> = { options: Partial<Plain<O>>; custom: Partial<Plain<F>> };
// Where pages are asked for: in the footer (until Grafana 12), and beside it (since).
type Pages = { enablePagination?: boolean; footer?: { show: boolean; reducer: string[]; enablePagination?: boolean } };
export type Panels = {
  timeseries: Own<TimeSeries.Options, TimeSeries.FieldConfig>;
  stat: Own<Stat.Options>;
  bargauge: Own<BarGauge.Options>;
  table: Own<Table.Options & Pages, Table.FieldConfig>;
  trend: Own<Trend.Options, Trend.FieldConfig>;
  'status-history': Own<StatusHistory.Options, StatusHistory.FieldConfig>;
  barchart: Own<BarChart.Options, BarChart.FieldConfig>;
  xychart: Own<XYChart.Options, XYChart.FieldConfig>;
};
export type One = { [K in keyof Panels]: { type: K } & Panels[K] }[keyof Panels];
