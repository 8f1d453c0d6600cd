{{/* Whose Secret says who a part is to Kafka: the one that is named, else Strimzi's. Takes (list $ user "object's name"). */}}
{{- define "heliograph.kafkaUserSecret" -}}
{{- $root := index . 0 -}}{{- $user := index . 1 -}}
{{- if $user.secret }}{{ $user.secret }}{{- else if $root.Values.strimzi.enabled }}{{ index . 2 }}{{- end }}
{{- end }}

{{- define "heliograph.kafkaCaSecret" -}}
{{- if .Values.kafka.ca.secret }}{{ .Values.kafka.ca.secret }}
{{- else if .Values.strimzi.enabled }}{{ printf "%s-cluster-ca-cert" .Values.strimzi.cluster }}{{- end }}
{{- end }}

{{/* The Secrets of a Kafka client, as a list of {name, secret, keys}. Takes (list $ user "object's name"). */}}
{{- define "heliograph.kafkaSecrets" -}}
{{- $root := index . 0 -}}{{- $user := index . 1 -}}
{{- $protocol := $root.Values.kafka.protocol }}
{{- if ne $protocol "PLAINTEXT" }}
{{- with include "heliograph.kafkaCaSecret" $root }}
- {name: kafka-ca, secret: {{ . | quote }}, keys: [{{ $root.Values.kafka.ca.key | quote }}]}
{{- end }}
- name: kafka-user
  secret: {{ include "heliograph.kafkaUserSecret" . | quote }}
  keys: {{ ternary (list $user.certificate $user.key) (list $user.jaas) (eq $protocol "SSL") | toJson }}
{{- end }}
{{- end }}

{{/* What the programs' kafka section says. Takes (list $ user). Further properties stand in a ConfigMap: secrets don't belong there. */}}
{{- define "heliograph.kafka" -}}
{{- $root := index . 0 -}}{{- $user := index . 1 -}}
{{- $kafka := $root.Values.kafka -}}
bootstrap: {{ required "kafka.bootstrap is missing: give Kafka's addresses, such as --set kafka.bootstrap=kafka-1:9092" $kafka.bootstrap | quote }}
prefix: {{ $kafka.prefix | quote }}
{{- $properties := dict }}
{{- $tls := dict }}
{{- $secrets := "/etc/heliograph/secrets" }}
{{- if ne $kafka.protocol "PLAINTEXT" }}
{{- if include "heliograph.kafkaCaSecret" $root }}
{{- $_ := set $tls "ca" (printf "%s/kafka-ca/%s" $secrets $kafka.ca.key) }}
{{- end }}
{{- if eq $kafka.protocol "SSL" }}
{{- /* files of their own, and not properties: they are read again when they are renewed */}}
{{- $_ := set $tls "certificate" (printf "%s/kafka-user/%s" $secrets $user.certificate) }}
{{- $_ := set $tls "key" (printf "%s/kafka-user/%s" $secrets $user.key) }}
{{- else }}
{{- $_ := set $properties "security.protocol" $kafka.protocol }}
{{- $_ := set $properties "sasl.mechanism" $kafka.mechanism }}
{{- $_ := set $properties "sasl.jaas.config" (printf "${directory:%s/kafka-user:%s}" $secrets $user.jaas) }}
{{- end }}
{{- end }}
{{- range $key, $value := $kafka.properties }}
{{- if and (regexMatch "password|^sasl\\.jaas\\.config$|\\.keystore\\.key$" $key) (not (hasPrefix "${" $value)) }}
{{- fail (printf "kafka.properties: %s is a secret, and would stand in a ConfigMap for all to read" $key) }}
{{- end }}
{{- if or (hasKey $properties $key) (and (hasKey $tls "ca") (hasPrefix "ssl.truststore." $key)) (and (hasKey $tls "certificate") (regexMatch "^(ssl\\.keystore\\.|security\\.protocol$)" $key)) }}
{{- fail (printf "kafka.properties: %s follows from kafka.protocol, ca and user" $key) }}
{{- end }}
{{- $_ := set $properties $key $value }}
{{- end }}
{{- with $tls }}
tls: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $properties }}
properties: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
The topics, as the programs make them: a list of {name, partitions, config}. A record's time is that of its event, so every
topic says how long it keeps.
*/}}
{{- define "heliograph.topics" -}}
{{- $prefix := .Values.kafka.prefix }}
{{- /* with fewer copies a broker that is away would stop all writing */}}
{{- $copies := ternary ", min.insync.replicas: \"2\"" "" (ge (int .Values.kafka.replication) 3) }}
{{- $device := int .Values.engine.devicePartitions }}{{ $site := int .Values.engine.sitePartitions }}
- {name: {{ $prefix }}.telemetry, partitions: {{ $device }}, config: {cleanup.policy: delete, retention.ms: "3024000000", message.timestamp.after.max.ms: "9223372036854775807"{{ $copies }}}}
- {name: {{ $prefix }}.energy, partitions: {{ $device }}, config: {cleanup.policy: delete, retention.ms: "3024000000"{{ $copies }}}}
- {name: {{ $prefix }}.kpi, partitions: {{ $site }}, config: {cleanup.policy: compact{{ $copies }}}}
- {name: {{ $prefix }}.live, partitions: {{ $site }}, config: {cleanup.policy: delete, retention.ms: "86400000"{{ $copies }}}}
- {name: {{ $prefix }}.alerts, partitions: {{ $site }}, config: {cleanup.policy: compact{{ $copies }}}}
- {name: {{ $prefix }}.rejects, partitions: 1, config: {cleanup.policy: delete, retention.ms: "3024000000", message.timestamp.after.max.ms: "9223372036854775807"{{ $copies }}}}
- {name: {{ $prefix }}.sites, partitions: 1, config: {cleanup.policy: compact, min.compaction.lag.ms: "3024000000"{{ $copies }}}}
- {name: {{ $prefix }}.factors, partitions: 1, config: {cleanup.policy: compact, min.compaction.lag.ms: "3024000000"{{ $copies }}}}
- {name: {{ $prefix }}.resets, partitions: 1, config: {cleanup.policy: compact{{ $copies }}}}
{{- end }}
