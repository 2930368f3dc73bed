{{/*
The second map over the first, all the way down, as JSON. (Sprig's own merge passes over what is false, 0 or empty, and so could not
switch anything off.) Takes (base, over).
*/}}
{{- define "reprieve.merged" -}}
{{- $merged := deepCopy (index . 0) -}}
{{- range $key, $value := index . 1 -}}
{{- $before := get $merged $key -}}
{{- if and (kindIs "map" $value) (kindIs "map" $before) -}}
{{- $_ := set $merged $key (include "reprieve.merged" (list $before $value) | fromJson) -}}
{{- else if not (kindIs "invalid" $value) -}}
{{- $_ := set $merged $key $value -}}
{{- end -}}
{{- end -}}
{{- toJson $merged -}}
{{- end -}}

{{/* What a service has, as JSON. Takes (root, service). */}}
{{- define "reprieve.settingsOf" -}}
{{- $root := index . 0 -}}
{{- include "reprieve.merged" (list $root.Values.serviceDefaults (get $root.Values.services (index . 1) | default dict)) -}}
{{- end -}}

{{/*
What runs, as JSON: name of a Deployment to `pod` (what concerns its pods) and `services` (each with its `name`, its `port` in the pod and
its `settings`). One for each service but those that share a pod.
*/}}
{{- define "reprieve.workloads" -}}
{{- $workloads := dict -}}
{{- $placed := dict -}}
{{- range $name, $shared := .Values.sharedPods -}}
{{- if hasKey $.Values.services $name -}}
{{- fail (printf "sharedPods.%s has the name of a service; the pod needs another" $name) -}}
{{- end -}}
{{- $services := list -}}
{{- range $index, $service := $shared.services -}}
{{- if hasKey $placed $service -}}
{{- fail (printf "sharedPods.%s: %s is in %s already" $name $service (get $placed $service)) -}}
{{- end -}}
{{- $_ := set $placed $service $name -}}
{{- $services = append $services (dict "name" $service "port" (add 8080 $index) "settings" (include "reprieve.settingsOf" (list $ $service) | fromJson)) -}}
{{- end -}}
{{- $pod := include "reprieve.merged" (list $.Values.serviceDefaults (omit $shared "services")) | fromJson -}}
{{- $_ := set $workloads $name (dict "pod" $pod "services" $services) -}}
{{- end -}}
{{- range $service := keys .Values.services | sortAlpha -}}
{{- if not (hasKey $placed $service) -}}
{{- $settings := include "reprieve.settingsOf" (list $ $service) | fromJson -}}
{{- $_ := set $workloads $service (dict "pod" $settings "services" (list (dict "name" $service "port" 8080 "settings" $settings))) -}}
{{- end -}}
{{- end -}}
{{- toJson $workloads -}}
{{- end -}}

{{/* Whether a workload has a service. Takes (workload, service); empty or `true`. */}}
{{- define "reprieve.has" -}}
{{- $service := index . 1 -}}
{{- range (index . 0).services -}}
{{- if eq .name $service -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{/* Name of the workload that a service is in. Takes (root, service). */}}
{{- define "reprieve.homeOf" -}}
{{- $service := index . 1 -}}
{{- range $name, $workload := include "reprieve.workloads" (index . 0) | fromJson -}}
{{- if include "reprieve.has" (list $workload $service) -}}{{- $name -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* Whether KEDA scales a workload. Takes (root, workload); empty or `true`. */}}
{{- define "reprieve.scaledByLag" -}}
{{- if (index . 0).Values.lagScaling.enabled -}}{{- include "reprieve.has" (list (index . 1) "scope") -}}{{- end -}}
{{- end -}}

{{/* What the schema cannot say. */}}
{{- define "reprieve.checks" -}}
{{- with .Values.lifecycle -}}
{{- if lt (int .terminationGracePeriodSeconds) (add 20 .preStopSeconds) -}}
{{- fail "lifecycle.terminationGracePeriodSeconds: a service gives what is in flight up to 20 seconds, beside lifecycle.preStopSeconds; with less it may be killed in the middle" -}}
{{- end -}}
{{- end -}}
{{- if not (or .Values.postgresql.host .Values.postgresql.secretKeys.url) -}}
{{- fail "postgresql.host is missing (or postgresql.secretKeys.url, with the whole address in each service's secret)" -}}
{{- end -}}
{{- if and .Values.kafka.tls.clientCertificate.existingSecret (not .Values.kafka.tls.enabled) -}}
{{- fail "kafka.tls.clientCertificate has no effect unless kafka.tls.enabled is true" -}}
{{- end -}}
{{- if and .Values.kafka.sasl.mechanism (not .Values.kafka.sasl.existingSecret) -}}
{{- fail "kafka.sasl.existingSecret is missing: the secret with the password" -}}
{{- end -}}
{{- if and .Values.lagScaling.enabled (not .Values.lagScaling.prometheusUrl) -}}
{{- fail "lagScaling.prometheusUrl is missing: where KEDA asks how many seconds scope is behind" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- fail "ingress.host is missing" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.parentRefs is missing: the gateways that it is attached to" -}}
{{- end -}}
{{- if .Values.certificate.enabled -}}
{{- if not (and .Values.ingress.enabled .Values.ingress.tls.secretName .Values.certificate.issuerRef.name) -}}
{{- fail "certificate.enabled needs ingress.enabled, ingress.tls.secretName and certificate.issuerRef.name" -}}
{{- end -}}
{{- end -}}
{{- end -}}
