// What a dashboard of ours may be: Grafana's own types (npm @grafana/schema), as JSON spells them, each panel with the
// options of its kind. An unknown or misspelt field doesn't compile.
import type {
  AnnotationQuery,
  Dashboard as GrafanaDashboard,
  FieldConfig,
  FieldConfigSource,
  Panel,
} from '@grafana/schema/dist/esm/raw/dashboard/x/dashboard_types.gen';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {
  FieldConfig as TableFields,
  Options as TableOptions,
} from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { Options as TextOptions } from '@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen';
import type {
  FieldConfig as TimeSeriesFields,
  Options as TimeSeriesOptions,
} from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** A type as JSON spells it: enumerations are their values, and what has a default may be left away. */
type Json<T> = unknown extends T
  ? unknown
  : T extends string
    ? `${T}`
    : T extends number
      ? `${T}` extends `${infer N extends number}`
        ? N
        : T
      : T extends boolean | null | undefined
        ? T
        : T extends Array<infer U>
          ? Array<Json<U>>
          : { [K in keyof T]?: Json<T[K]> };

/** A query in InfluxQL, as Grafana's InfluxDB data source keeps it. */
interface Target {
  datasource: { type: 'influxdb'; uid: '${datasource}' };
  refId: string;
  rawQuery: true;
  resultFormat: 'time_series' | 'table';
  query: string;
  alias?: string;
}

type Fields<Custom> = Omit<Json<FieldConfigSource>, 'defaults'> & {
  defaults: Omit<Json<FieldConfig>, 'custom'> & { custom?: Json<Custom> };
};
type Common = Omit<Json<Panel>, 'type' | 'options' | 'fieldConfig' | 'targets'> & {
  id: number;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
};
type Querying<Kind extends string, Options, Custom> = Common & {
  type: Kind;
  options: Json<Options>;
  fieldConfig: Fields<Custom>;
  targets: Target[];
};
type AnyPanel =
  | Querying<'stat', StatOptions, never>
  | Querying<'timeseries', TimeSeriesOptions, TimeSeriesFields>
  | Querying<'table', TableOptions, TableFields>
  | (Common & { type: 'text'; options: Json<TextOptions> });

/** The data source adds its query to an annotation. */
type Annotation = Json<AnnotationQuery> & {
  query: string;
  rawQuery: true;
  textColumn: string;
  tagsColumn: string;
};

export type Dashboard = Omit<Json<GrafanaDashboard>, 'panels' | 'annotations'> & {
  uid: string;
  title: string;
  schemaVersion: number;
  panels: AnyPanel[];
  annotations: { list: Annotation[] };
};
