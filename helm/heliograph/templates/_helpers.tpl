{{/* Room is left for "-engine-0" and for what Kubernetes appends: a StatefulSet's name has 52 characters at most. */}}
{{- define "heliograph.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 36 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 36 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* What selects a part's pods. Takes (list $ "part"), and for one agent (list $ "agent" "edge-1"). */}}
{{- define "heliograph.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ $root.Chart.Name }}
app.kubernetes.io/instance: {{ $root.Release.Name | quote }}
app.kubernetes.io/component: {{ index . 1 }}
{{- if gt (len .) 2 }}
heliograph/agent: {{ index . 2 | quote }}
{{- end }}
{{- end }}

{{- define "heliograph.labels" -}}
{{- $root := index . 0 -}}
{{ include "heliograph.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | replace "+" "_" | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Takes (list $ .Values.image.PART). */}}
{{- define "heliograph.image" -}}
image: {{ include "heliograph.imageName" . | quote }}
imagePullPolicy: {{ (index . 1).pullPolicy }}
{{- end }}

{{- define "heliograph.imageName" -}}
{{- $root := index . 0 -}}{{- $image := index . 1 -}}
{{- if $image.digest }}{{ printf "%s@%s" $image.repository $image.digest }}
{{- else }}{{ printf "%s:%s" $image.repository ($image.tag | default $root.Chart.AppVersion) }}
{{- end }}
{{- end }}

{{/* What Prometheus calls the pods: its rules expect the chart's name in it, and a long release's name leaves none of it. */}}
{{- define "heliograph.scrapeJob" -}}
{{- $name := printf "%s-metrics" (include "heliograph.fullname" .) }}
{{- if contains .Chart.Name $name }}{{ $name }}{{ else }}{{ printf "%s-%s" .Chart.Name $name }}{{ end }}
{{- end }}

{{/*
What every pod of the chart has: nobody's account, no rights, files of its own group; and where it runs.
Takes (list $ placement groups), placement being the part's values.
*/}}
{{- define "heliograph.pod" -}}
{{- $root := index . 0 -}}{{- $placement := index . 1 -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . | quote }}
{{- end }}
{{- end }}
{{- with $placement.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with $placement.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $placement.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  {{- if gt (len .) 2 }}
  {{- with index . 2 }}
  supplementalGroups: {{ toJson . }}
  {{- end }}
  {{- end }}
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "heliograph.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* Pods of one part go to different nodes, where there are some. Takes (list $ "part" replicas). */}}
{{- define "heliograph.spread" -}}
{{- if gt (int (index . 2)) 1 }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "heliograph.selector" (list (index . 0) (index . 1)) | nindent 8 }}
{{- end }}
{{- end }}

{{/* A claim of a StatefulSet. Takes (list "name" size storageClass). */}}
{{- define "heliograph.claim" -}}
metadata: {name: {{ index . 0 }}}
spec:
  accessModes: [ReadWriteOnce]
  {{- with index . 2 }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources: {requests: {storage: {{ index . 1 | quote }}}}
{{- end }}

{{/* Secrets as volumes, of a list of {name, secret, keys}; all keys where none are named. */}}
{{- define "heliograph.secretVolumes" -}}
{{- range . }}
- name: {{ .name }}
  secret:
    secretName: {{ .secret | quote }}
    defaultMode: 288   # 0440
    {{- with .keys }}
    items:
      {{- range . }}
      - {key: {{ . | quote }}, path: {{ . | quote }}}
      {{- end }}
    {{- end }}
{{- end }}
{{- end }}

{{- define "heliograph.secretMounts" -}}
{{- range . }}
- {name: {{ .name }}, mountPath: {{ printf "/etc/heliograph/secrets/%s" (.folder | default .name) }}, readOnly: true}
{{- end }}
{{- end }}

{{/* Whether anything of the streams program runs, a command included; empty where it is a release of agents alone. */}}
{{- define "heliograph.runsStreams" -}}
{{- if or .Values.engine.enabled .Values.sink.enabled .Values.page.enabled .Values.alerts.enabled .Values.job.arguments }}yes{{ end }}
{{- end }}

{{/* What must be right over several values; said before anything is rendered. */}}
{{- define "heliograph.judge" -}}
{{- $values := .Values }}
{{- if not $values.sites }}
{{- fail "sites is missing: give the text of a site model by its name, such as --set-file sites.casa1=site.yaml" }}
{{- end }}
{{- $described := dict }}
{{- range $name, $_ := $values.sites }}
{{- $site := include "heliograph.siteName" (list $ $name) }}
{{- with get $described $site }}{{ fail (printf "sites.%s and sites.%s both describe the site '%s'" . $name $site) }}{{ end }}
{{- $_ := set $described $site $name }}
{{- end }}
{{- $protocol := $values.kafka.protocol }}
{{- if and (include "heliograph.runsStreams" .) (ne $protocol "PLAINTEXT") (not $values.strimzi.enabled) (not $values.kafka.user.secret) }}
{{- fail (printf "kafka.user.secret is missing: with kafka.protocol %s the Secret that says who engine, sink, page and alerts are" $protocol) }}
{{- end }}
{{- if $values.strimzi.enabled }}
{{- if not $values.strimzi.cluster }}
{{- fail "strimzi.cluster is missing: the name of the Kafka resource that topics and users belong to" }}
{{- end }}
{{- if eq $protocol "PLAINTEXT" }}
{{- fail "kafka.protocol is PLAINTEXT, but users of Strimzi prove who they are: set SSL or SASL_SSL, and kafka.bootstrap to such a listener" }}
{{- end }}
{{- range $group := list $values.sink.group $values.alerts.group }}
{{- if not (hasPrefix $values.engine.application $group) }}
{{- fail (printf "the consumer group '%s' doesn't begin with engine.application, '%s': the ACLs allow such groups only" $group $values.engine.application) }}
{{- end }}
{{- end }}
{{- end }}
{{- if and $values.engine.enabled $values.strimzi.enabled (eq $values.topics.by "job") (not $values.kafka.user.secret) }}
{{- fail "topics.by is job, which runs before Strimzi has made its user: set topics.by=strimzi, or name a user that is there in kafka.user.secret" }}
{{- end }}
{{- if and (eq $values.topics.by "strimzi") (not $values.strimzi.cluster) }}
{{- fail "topics.by is strimzi: give strimzi.cluster, the name of the Kafka resource that topics belong to" }}
{{- end }}
{{- $page := $values.page }}
{{- if $page.enabled }}
{{- if and $page.tls.readersCa.secret (not $page.tls.secret) }}
{{- fail "page.tls.readersCa is given without page.tls.secret: certificates of readers are asked for over HTTPS only" }}
{{- end }}
{{- if not (or $page.token.secret $page.tls.readersCa.secret $page.anonymous) }}
{{- fail "the page would be open to everybody: name a Secret in page.token.secret (or page.tls.readersCa.secret), or set page.anonymous=true if a proxy before it checks who is there" }}
{{- end }}
{{- if and $page.ingress.enabled (not $page.ingress.host) }}
{{- fail "page.ingress.host is missing: the name that the page is reached by" }}
{{- end }}
{{- if and $page.route.enabled (not $page.route.parents) }}
{{- fail "page.route.parents is missing: the Gateway that the route belongs to, such as [{name: gateway, namespace: infra}]" }}
{{- end }}
{{- $isOutside := or $page.ingress.enabled $page.route.enabled (ne $page.service.type "ClusterIP") }}
{{- if and $isOutside $values.networkPolicy.enabled (eq (toJson $values.networkPolicy.readers) `[{"podSelector":{}}]`) }}
{{- fail "networkPolicy.readers lets in this namespace's pods only: name whom page.ingress, page.route or page.service.type is for, such as [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}] (of this namespace: [{podSelector: {matchLabels: ...}}]), or [] for any" }}
{{- end }}
{{- end }}
{{- if and $values.sink.enabled (or $values.sink.tls.ca.secret $values.sink.tls.identity.secret) (not (hasPrefix "https:" $values.sink.url)) }}
{{- fail (printf "sink.tls is given, but sink.url isn't https: %s" $values.sink.url) }}
{{- end }}
{{- $webhook := $values.alerts.webhook }}{{ $mqtt := $values.alerts.mqtt }}
{{- if and $webhook.ca.secret (not (hasPrefix "https:" $webhook.url)) }}
{{- fail (printf "alerts.webhook.ca is given, but alerts.webhook.url isn't https: %s" $webhook.url) }}
{{- end }}
{{- if and $webhook.token.secret (not $webhook.url) }}
{{- fail "alerts.webhook.token is given without alerts.webhook.url" }}
{{- end }}
{{- if and (or $mqtt.ca.secret $mqtt.identity.secret) (not (regexMatch "^(ssl|mqtts):" $mqtt.url)) }}
{{- fail (printf "alerts.mqtt.ca or identity is given, but alerts.mqtt.url isn't ssl: %s" $mqtt.url) }}
{{- end }}
{{- if and $mqtt.user (not $mqtt.url) }}
{{- fail "alerts.mqtt.user is given without alerts.mqtt.url" }}
{{- end }}
{{- if and $values.alerts.mqtt.password.secret (not $values.alerts.mqtt.user) }}
{{- fail "alerts.mqtt.password is given without alerts.mqtt.user" }}
{{- end }}
{{- if and $values.prometheusRule.enabled (not $values.serviceMonitor.enabled) }}
{{- fail "prometheusRule.enabled is given without serviceMonitor.enabled: its rules look for the job that the ServiceMonitor makes" }}
{{- end }}
{{- if and $values.sim.enabled (not $values.sim.mqtt) }}
{{- fail "sim.mqtt is missing: the broker that the simulated devices publish to, such as tcp://mosquitto:1883" }}
{{- end }}
{{- end }}

{{/* The text of a site model. Takes (list $ "name"). */}}
{{- define "heliograph.siteText" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}
{{- $text := get $root.Values.sites $name -}}
{{- if not $text }}{{ fail (printf "sites.%s is empty: give the text of a site model, such as --set-file sites.%s=site.yaml" $name $name) }}{{ end -}}
{{- $text -}}
{{- end }}

{{/* A site's name, out of its model: it is said in one place. Takes (list $ "name"). */}}
{{- define "heliograph.siteName" -}}
{{- $key := index . 1 -}}
{{- $model := fromYaml (include "heliograph.siteText" .) -}}
{{- with $model.Error }}{{ fail (printf "sites.%s is not YAML: %s" $key .) }}{{ end -}}
{{- if not $model.site }}{{ fail (printf "sites.%s has no field 'site': the model's first line is the site's name, such as 'site: casa1'" $key) }}{{ end -}}
{{- if not (kindIs "string" $model.site) }}{{ fail (printf "sites.%s: the model's field 'site' is not a text: quote it" $key) }}{{ end -}}
{{- $model.site -}}
{{- end }}

{{/* The only site, or the one that is named. Takes (list $ "what asks" "named"). */}}
{{- define "heliograph.siteOf" -}}
{{- $root := index . 0 -}}{{- $who := index . 1 -}}{{- $named := index . 2 -}}
{{- if $named }}
{{- if not (hasKey $root.Values.sites $named) }}{{ fail (printf "%s.site is '%s', which is none of sites: %s" $who $named (keys $root.Values.sites | sortAlpha | join ", ")) }}{{ end -}}
{{- $named -}}
{{- else if eq (len $root.Values.sites) 1 }}
{{- keys $root.Values.sites | first -}}
{{- else }}{{ fail (printf "%s.site is missing: one of %s" $who (keys $root.Values.sites | sortAlpha | join ", ")) }}
{{- end }}
{{- end }}
