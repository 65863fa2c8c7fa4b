import type { AnnotationQuery, Dashboard, DataQuery, GraphFieldConfig } from '@grafana/schema';

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
