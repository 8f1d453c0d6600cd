{{/* Room is left for "-streams-0" and for what Kubernetes appends: a StatefulSet's name has 52 characters at most. */}}
{{- define "heliograph.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* What selects a part's pods. Takes (list $ "part"). */}}
{{- define "heliograph.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ $root.Chart.Name }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "heliograph.labels" -}}
{{- $root := index . 0 -}}
{{ include "heliograph.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end }}

{{/* Takes (list $ .Values.image.PART). */}}
{{- define "heliograph.image" -}}
{{- $root := index . 0 -}}{{- $image := index . 1 -}}
image: {{ printf "%s:%s" $image.repository ($image.tag | default $root.Chart.AppVersion) | quote }}
imagePullPolicy: {{ $image.pullPolicy }}
{{- end }}

{{/* What every pod of the chart has: nobody's account, no rights, files of its own group. */}}
{{- define "heliograph.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . | quote }}
{{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "heliograph.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
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

{{/* What both programs' kafka section says. Further properties stand in a ConfigMap: secrets don't belong there. */}}
{{- define "heliograph.kafka" -}}
bootstrap: {{ required "kafka.bootstrap is missing: give Kafka's addresses, such as --set kafka.bootstrap=kafka-1:9092" .Values.kafka.bootstrap | quote }}
prefix: {{ .Values.kafka.prefix | quote }}
{{- with .Values.kafka.properties }}
properties:
  {{- range $key, $value := . }}
  {{- if regexMatch "password|^sasl\\.jaas\\.config$|\\.keystore\\.key$" $key }}
  {{- fail (printf "kafka.properties: %s is a secret, and would stand in a ConfigMap for all to read" $key) }}
  {{- end }}
  {{ $key | quote }}: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "heliograph.siteText" -}}
{{- required "site is missing: give the text of a site model, such as --set-file site=site.yaml" .Values.site -}}
{{- end }}

{{/* The site's name, out of the site model: it is said in one place. */}}
{{- define "heliograph.siteName" -}}
{{- $model := fromYaml (include "heliograph.siteText" .) -}}
{{- with $model.Error }}{{ fail (printf "site is not YAML: %s" .) }}{{ end -}}
{{- $name := required "site has no field 'site': the model's first line is the site's name, such as 'site: casa1'" $model.site -}}
{{- if not (kindIs "string" $name) }}{{ fail "site: the model's field 'site' is not a text: quote it" }}{{ end -}}
{{- $name -}}
{{- end }}
