{{/* The Secrets of one of engine, sink, page, alerts, topics and job, as a list of {name, secret, keys}. Takes (list $ "part"). */}}
{{- define "heliograph.partSecrets" -}}
{{- $root := index . 0 -}}{{- $part := index . 1 -}}
{{- include "heliograph.kafkaSecrets" (list $root $root.Values.kafka.user (printf "%s-streams" (include "heliograph.fullname" $root))) }}
{{- if has $part (list "sink" "job") }}
{{- include "heliograph.namedSecret" (list "store-token" $root.Values.sink.token) }}
{{- include "heliograph.namedSecret" (list "store-ca" $root.Values.sink.tls.ca) }}
{{- include "heliograph.tlsSecret" (list "store-identity" $root.Values.sink.tls.identity.secret) }}
{{- else if eq $part "page" }}
{{- include "heliograph.namedSecret" (list "page-token" $root.Values.page.token) }}
{{- include "heliograph.namedSecret" (list "readers-ca" $root.Values.page.tls.readersCa) }}
{{- include "heliograph.tlsSecret" (list "page-identity" $root.Values.page.tls.secret) }}
{{- else if eq $part "alerts" }}
{{- $alerts := $root.Values.alerts }}
{{- include "heliograph.namedSecret" (list "webhook-token" $alerts.webhook.token) }}
{{- include "heliograph.namedSecret" (list "webhook-ca" $alerts.webhook.ca) }}
{{- include "heliograph.namedSecret" (list "mqtt-password" $alerts.mqtt.password) }}
{{- include "heliograph.namedSecret" (list "mqtt-ca" $alerts.mqtt.ca) }}
{{- include "heliograph.tlsSecret" (list "mqtt-identity" $alerts.mqtt.identity.secret) }}
{{- end }}
{{- end }}

{{- define "heliograph.namedSecret" -}}
{{- $reference := index . 1 }}
{{- if $reference.secret }}
- {name: {{ index . 0 }}, secret: {{ $reference.secret | quote }}, keys: [{{ $reference.key | quote }}]}
{{- end }}
{{- end }}

{{- define "heliograph.tlsSecret" -}}
{{- with index . 1 }}
- {name: {{ index $ 0 }}, secret: {{ . | quote }}, keys: [tls.crt, tls.key]}
{{- end }}
{{- end }}

{{/* A tls section, of a CA's reference and the Secret of an identity. Takes (list ca "ca's folder" identity "identity's folder"). */}}
{{- define "heliograph.tls" -}}
{{- $ca := index . 0 }}{{- $identity := index . 2 }}
{{- if or $ca.secret $identity }}
tls:
  {{- if $ca.secret }}
  ca: {{ printf "/etc/heliograph/secrets/%s/%s" (index . 1) $ca.key | quote }}
  {{- end }}
  {{- if $identity }}
  certificate: {{ printf "/etc/heliograph/secrets/%s/tls.crt" (index . 3) }}
  key: {{ printf "/etc/heliograph/secrets/%s/tls.key" (index . 3) }}
  {{- end }}
{{- end }}
{{- end }}

{{/* streams.yaml of one part: the others are switched off; that of a job knows engine and sink. Takes (list $ "part" "instance"). */}}
{{- define "heliograph.streamsConfig" -}}
{{- $root := index . 0 -}}{{- $part := index . 1 -}}{{- $values := $root.Values -}}
kafka:
  {{- include "heliograph.kafka" (list $root $values.kafka.user) | nindent 2 }}
  replication: {{ int $values.kafka.replication }}
{{- $engine := $values.engine }}
{{- if has $part (list "engine" "job") }}
sites: {{ range $i, $name := keys $values.sites | sortAlpha }}{{ if $i }}, {{ else }}[{{ end }}{{ printf "site-%s.yaml" $name }}{{ end }}]
{{- with $values.factors }}
factors: {{ range $i, $name := keys . | sortAlpha }}{{ if $i }}, {{ else }}[{{ end }}{{ printf "factors-%s.yaml" $name }}{{ end }}]
{{- end }}
{{- end }}
engine:
  {{- if has $part (list "engine" "job") }}
  application: {{ $engine.application | quote }}
  {{- with index . 2 }}
  instance: {{ . | quote }}
  {{- end }}
  state: /var/lib/heliograph/state
  {{- /* an instance alone has nobody to keep a copy */}}
  standby: {{ min (int $engine.standby) (sub (int $engine.replicas) 1) }}
  threads: {{ int $engine.threads }}
  grace: {{ $engine.grace }}
  factorReach: {{ $engine.factorReach }}
  cacheMebibytes: {{ int $engine.cacheMebibytes }}
  {{- else }}
  enabled: false
  {{- end }}
  devicePartitions: {{ int $engine.devicePartitions }}   # of topics that are missing
  sitePartitions: {{ int $engine.sitePartitions }}
sink:
  {{- if has $part (list "sink" "job") }}
  {{- $sink := $values.sink }}
  url: {{ $sink.url | quote }}
  org: {{ $sink.org | quote }}
  bucket: {{ $sink.bucket | quote }}
  group: {{ $sink.group | quote }}
  batchLines: {{ int $sink.batchLines }}
  pollRecords: {{ int $sink.pollRecords }}
  {{- if $sink.token.secret }}
  tokenFile: {{ printf "/etc/heliograph/secrets/store-token/%s" $sink.token.key | quote }}
  {{- end }}
  {{- with include "heliograph.tls" (list $sink.tls.ca "store-ca" $sink.tls.identity.secret "store-identity") }}{{ . | trim | nindent 2 }}{{ end }}
  {{- else }}
  enabled: false
  {{- end }}
page:
  {{- if eq $part "page" }}
  {{- $page := $values.page }}
  host: 0.0.0.0
  port: 8080
  {{- if $page.token.secret }}
  token: {file: {{ printf "/etc/heliograph/secrets/page-token/%s" $page.token.key | quote }}}
  {{- else if not $page.tls.readersCa.secret }}
  anonymous: true
  {{- end }}
  {{- with include "heliograph.tls" (list $page.tls.readersCa "readers-ca" $page.tls.secret "page-identity") }}{{ . | trim | nindent 2 }}{{ end }}
  {{- else }}
  enabled: false
  {{- end }}
alerts:
  {{- if eq $part "alerts" }}
  {{- $alerts := $values.alerts }}
  group: {{ $alerts.group | quote }}
  {{- if $alerts.rules }}
  rules: rules.yaml
  {{- end }}
  {{- if $alerts.webhook.url }}
  webhook:
    url: {{ $alerts.webhook.url | quote }}
    repeat: {{ $alerts.webhook.repeat }}
    {{- if $alerts.webhook.token.secret }}
    token: {file: {{ printf "/etc/heliograph/secrets/webhook-token/%s" $alerts.webhook.token.key | quote }}}
    {{- end }}
    {{- with include "heliograph.tls" (list $alerts.webhook.ca "webhook-ca" "" "") }}{{ . | trim | nindent 4 }}{{ end }}
  {{- end }}
  {{- if $alerts.mqtt.url }}
  mqtt:
    url: {{ $alerts.mqtt.url | quote }}
    {{- with $alerts.mqtt.clientId }}
    clientId: {{ . | quote }}
    {{- end }}
    {{- with $alerts.mqtt.user }}
    user: {{ . | quote }}
    {{- end }}
    {{- if $alerts.mqtt.password.secret }}
    password: {file: {{ printf "/etc/heliograph/secrets/mqtt-password/%s" $alerts.mqtt.password.key | quote }}}
    {{- end }}
    {{- with include "heliograph.tls" (list $alerts.mqtt.ca "mqtt-ca" $alerts.mqtt.identity.secret "mqtt-identity") }}{{ . | trim | nindent 4 }}{{ end }}
  {{- end }}
  {{- else }}
  enabled: false
  {{- end }}
{{- if not (has $part (list "topics" "job")) }}
health: {listen: "0.0.0.0:9465"}
{{- end }}
{{- end }}

{{/* The ConfigMap of a part that has one streams.yaml. Takes (list $ "part"). */}}
{{- define "heliograph.partConfig" -}}
{{- $root := index . 0 -}}{{- $part := index . 1 -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "heliograph.fullname" $root }}-{{ $part }}
  labels: {{- include "heliograph.labels" . | nindent 4 }}
data:
  streams.yaml: |
    {{- include "heliograph.streamsConfig" (list $root $part "") | nindent 4 }}
  {{- if and (eq $part "alerts") $root.Values.alerts.rules }}
  {{- toYaml (dict "rules.yaml" $root.Values.alerts.rules) | nindent 2 }}
  {{- end }}
{{- end }}

{{/*
The container and the volumes of a part of the streams program.
Takes a dict of root, part, file (its streams.yaml), and further ports, env and mounts as YAML.
*/}}
{{- define "heliograph.partContainer" -}}
{{- $root := .root -}}{{- $part := get $root.Values .part -}}
{{- $secrets := include "heliograph.partSecrets" (list $root .part) | fromYamlArray -}}
containers:
  - name: {{ .part }}
    {{- include "heliograph.image" (list $root $root.Values.image.streams) | nindent 4 }}
    args: [run, {{ printf "/etc/heliograph/config/%s" .file | quote }}]
    env:
      {{- with .env }}
      {{- . | nindent 6 }}
      {{- end }}
      - {name: JAVA_OPTS, value: {{ $part.javaOptions | quote }}}
    ports:
      - {name: health, containerPort: 9465}
      {{- with .ports }}
      {{- . | nindent 6 }}
      {{- end }}
    startupProbe:
      httpGet: {path: /live, port: health}
      periodSeconds: 2
      failureThreshold: 60
    livenessProbe:
      httpGet: {path: /live, port: health}
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 6
    readinessProbe:
      httpGet: {path: /ready, port: health}
      periodSeconds: 5
      timeoutSeconds: 5
    {{- with .lifecycle }}
    lifecycle: {{- . | nindent 6 }}
    {{- end }}
    resources: {{- toYaml $part.resources | nindent 6 }}
    {{- include "heliograph.container" $root | nindent 4 }}
    volumeMounts:
      - {name: config, mountPath: /etc/heliograph/config, readOnly: true}
      - {name: tmp, mountPath: /tmp}
      {{- with .mounts }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with include "heliograph.secretMounts" $secrets }}{{ . | trim | nindent 6 }}{{ end }}
volumes:
  - name: config
    configMap: {name: {{ include "heliograph.fullname" $root }}-{{ .part }}}
  # RocksDB and the compression libraries unpack themselves here
  - {name: tmp, emptyDir: {}}
  {{- with include "heliograph.secretVolumes" $secrets }}{{ . | trim | nindent 2 }}{{ end }}
{{- end }}

{{/* The Deployment of a part that keeps nothing. Takes a dict as above. */}}
{{- define "heliograph.partDeployment" -}}
{{- $root := .root -}}{{- $part := get $root.Values .part -}}
{{- $name := printf "%s-%s" (include "heliograph.fullname" $root) .part -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels: {{- include "heliograph.labels" (list $root .part) | nindent 4 }}
spec:
  replicas: {{ int $part.replicas }}
  strategy:
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
  selector:
    matchLabels: {{- include "heliograph.selector" (list $root .part) | nindent 6 }}
  template:
    metadata:
      labels: {{- include "heliograph.labels" (list $root .part) | nindent 8 }}
      annotations:
        # the program reads its configuration once, at the start
        checksum/config: {{ include "heliograph.partConfig" (list $root .part) | sha256sum }}
        {{- with $root.Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- include "heliograph.pod" (list $root $part) | nindent 6 }}
      {{- with include "heliograph.spread" (list $root .part $part.replicas) }}{{ . | trim | nindent 6 }}{{ end }}
      terminationGracePeriodSeconds: 60
      {{- include "heliograph.partContainer" . | nindent 6 }}
{{- end }}
