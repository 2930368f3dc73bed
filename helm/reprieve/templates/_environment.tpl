{{/*
Environment and files of a service. Everything secret is a file in one projected volume, `/run/reprieve/{secrets,tls}`: it is in no
process's environment, no description of a pod and no crash dump, and what is renewed in the secret arrives in the file.
*/}}

{{/* Takes (root, service, settings). Empty where the service has no database. */}}
{{- define "reprieve.databaseEnvironment" -}}
{{- $postgresql := (index . 0).Values.postgresql -}}
{{- $service := index . 1 -}}
{{- $database := (index . 2).database -}}
{{- if $postgresql.secretKeys.url }}
- name: DATABASE_URL_FILE
  value: /run/reprieve/secrets/DATABASE_URL
{{- else }}
- name: DATABASE_URL
  value: postgresql://{{ $postgresql.host }}:{{ int $postgresql.port }}/{{ include "reprieve.named" (list ($database.name | default $postgresql.database) $service) }}
- name: DATABASE_USER
  value: {{ include "reprieve.named" (list ($database.user | default $postgresql.user) $service) | quote }}
- name: DATABASE_PASSWORD_FILE
  value: /run/reprieve/secrets/DATABASE_PASSWORD
{{- end }}
{{- with $postgresql.tls }}
{{- if .enabled }}
- name: DATABASE_TLS
  value: 'true'
{{- if or .ca.existingSecret .ca.existingConfigMap }}
- name: DATABASE_TLS_CA_PATH
  value: /run/reprieve/tls/postgresql-ca.pem
{{- end }}
{{- if .clientCertificate.existingSecret }}
- name: DATABASE_TLS_CERTIFICATE_PATH
  value: /run/reprieve/tls/postgresql.pem
- name: DATABASE_TLS_KEY_PATH
  value: /run/reprieve/tls/postgresql-key.pem
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Takes (root, service). */}}
{{- define "reprieve.kafkaEnvironment" -}}
{{- $service := index . 1 -}}
{{- with (index . 0).Values.kafka }}
- name: KAFKA_BROKERS
  value: {{ join "," .brokers | quote }}
{{- if .tls.enabled }}
- name: KAFKA_TLS
  value: 'true'
{{- if or .tls.ca.existingSecret .tls.ca.existingConfigMap }}
- name: KAFKA_TLS_CA_PATH
  value: /run/reprieve/tls/kafka-ca.pem
{{- end }}
{{- if .tls.clientCertificate.existingSecret }}
- name: KAFKA_TLS_CERTIFICATE_PATH
  value: /run/reprieve/tls/kafka.pem
- name: KAFKA_TLS_KEY_PATH
  value: /run/reprieve/tls/kafka-key.pem
{{- end }}
{{- end }}
{{- if .sasl.mechanism }}
- name: KAFKA_SASL_MECHANISM
  value: {{ .sasl.mechanism }}
- name: KAFKA_USERNAME
  value: {{ include "reprieve.named" (list .sasl.username $service) | quote }}
- name: KAFKA_PASSWORD_FILE
  value: /run/reprieve/secrets/KAFKA_PASSWORD
{{- end }}
{{- end }}
{{- end -}}

{{/* All that a service's process is told. Takes (root, service) where service has `name`, `port` and `settings`. */}}
{{- define "reprieve.environment" -}}
{{- $root := index . 0 -}}
{{- with index . 1 }}
- name: PORT
  value: {{ .port | quote }}
{{- if eq .name "gateway" }}
{{- range $other := without (keys $root.Values.services | sortAlpha) "gateway" }}
- name: {{ upper $other }}_URL
  value: http://{{ include "reprieve.name" (list $root $other) }}:8080
{{- end }}
{{- else }}
{{- include "reprieve.databaseEnvironment" (list $root .name .settings) }}
{{- if $root.Values.migrations.job }}
- name: MIGRATE
  value: 'off'
{{- end }}
{{- include "reprieve.kafkaEnvironment" (list $root .name) }}
{{- end }}
{{- if has .name (list "directory" "notifications") }}
- name: PUBLIC_URL
  value: {{ $root.Values.publicUrl | quote }}
{{- end }}
{{- with $root.Values.telemetry.endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- range $name, $value := .settings.settings }}
- name: {{ $name }}
  value: {{ include "reprieve.text" $value | quote }}
{{- end }}
{{- range $name := keys .settings.secrets | sortAlpha }}
- name: {{ $name }}_FILE
  value: /run/reprieve/secrets/{{ $name }}
{{- end }}
{{- end }}
{{- end -}}

{{/* A certificate authority as a source of a projected volume. Takes (authority, path). */}}
{{- define "reprieve.authoritySource" -}}
{{- $path := index . 1 -}}
{{- with index . 0 }}
{{- if or .existingSecret .existingConfigMap }}
- {{ ternary "secret" "configMap" (ne .existingSecret "") }}:
    name: {{ .existingSecret | default .existingConfigMap }}
    items:
      - key: {{ .key }}
        path: {{ $path }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Sources of the projected volume for the database. Takes (root, service, settings). */}}
{{- define "reprieve.databaseSources" -}}
{{- $postgresql := (index . 0).Values.postgresql -}}
{{- $service := index . 1 }}
- secret:
    name: {{ include "reprieve.named" (list ((index . 2).database.existingSecret | default $postgresql.existingSecret) $service) }}
    items:
      {{- if $postgresql.secretKeys.url }}
      - key: {{ $postgresql.secretKeys.url }}
        path: secrets/DATABASE_URL
      {{- else }}
      - key: {{ $postgresql.secretKeys.password }}
        path: secrets/DATABASE_PASSWORD
      {{- end }}
{{- with $postgresql.tls }}
{{- if .enabled }}
{{- include "reprieve.authoritySource" (list .ca "tls/postgresql-ca.pem") }}
{{- with .clientCertificate }}
{{- if .existingSecret }}
- secret:
    name: {{ include "reprieve.named" (list .existingSecret $service) }}
    items:
      - key: {{ .certificateKey }}
        path: tls/postgresql.pem
      - key: {{ .privateKeyKey }}
        path: tls/postgresql-key.pem
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* All sources of a service's projected volume; empty where it needs none. Takes (root, service). */}}
{{- define "reprieve.sources" -}}
{{- $root := index . 0 -}}
{{- with index . 1 }}
{{- if ne .name "gateway" }}
{{- include "reprieve.databaseSources" (list $root .name .settings) }}
{{- $service := .name }}
{{- with $root.Values.kafka }}
{{- if .tls.enabled }}
{{- include "reprieve.authoritySource" (list .tls.ca "tls/kafka-ca.pem") }}
{{- with .tls.clientCertificate }}
{{- if .existingSecret }}
- secret:
    name: {{ include "reprieve.named" (list .existingSecret $service) }}
    items:
      - key: {{ .certificateKey }}
        path: tls/kafka.pem
      - key: {{ .privateKeyKey }}
        path: tls/kafka-key.pem
{{- end }}
{{- end }}
{{- end }}
{{- if .sasl.mechanism }}
- secret:
    name: {{ include "reprieve.named" (list .sasl.existingSecret $service) }}
    items:
      - key: {{ .sasl.passwordKey }}
        path: secrets/KAFKA_PASSWORD
{{- end }}
{{- end }}
{{- end }}
{{- $secrets := .settings.secrets }}
{{- range $name := keys $secrets | sortAlpha }}
{{- $reference := get $secrets $name }}
- secret:
    name: {{ $reference.name }}
    items:
      - key: {{ $reference.key }}
        path: secrets/{{ $name }}
{{- end }}
{{- end }}
{{- end -}}
