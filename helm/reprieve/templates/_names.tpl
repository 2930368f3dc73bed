{{/* What every object's name begins with. */}}
{{- define "reprieve.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains "reprieve" .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-reprieve" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Name of an object of one part. Takes (root, part). */}}
{{- define "reprieve.name" -}}
{{- printf "%s-%s" (include "reprieve.fullname" (index . 0)) (index . 1) -}}
{{- end -}}

{{/* Takes (root, part). They never change in the life of a release. */}}
{{- define "reprieve.selector" -}}
app.kubernetes.io/name: reprieve
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
{{- with index . 1 }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{/* Takes (root, part); of what is of no single part the part is empty. */}}
{{- define "reprieve.labels" -}}
{{- $root := index . 0 -}}
{{ include "reprieve.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: reprieve
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "reprieve.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A name in which `{service}` stands for the service's. Takes (text, service). */}}
{{- define "reprieve.named" -}}
{{- index . 0 | replace "{service}" (index . 1) -}}
{{- end -}}

{{/* A value as an environment variable's text: Helm reads whole numbers as fractions, and would write large ones as 1e+06. */}}
{{- define "reprieve.text" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) -}}
{{- int64 . -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}
