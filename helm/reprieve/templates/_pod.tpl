{{/* What Pod Security's level *restricted* wants of a pod, and more. Nothing of it can be switched off. */}}
{{- define "reprieve.podSecurity" -}}
runAsNonRoot: true
{{- with .Values.security.userId }}
runAsUser: {{ int64 . }}
{{- end }}
{{- with .Values.security.groupId }}
runAsGroup: {{ int64 . }}
fsGroup: {{ int64 . }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "reprieve.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* What every pod's specification begins with. Takes (root, service account). */}}
{{- define "reprieve.podBasics" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ index . 1 }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- include "reprieve.podSecurity" $root | nindent 2 }}
{{- end -}}

{{/* The volumes of containers: scratch space, and what is secret, for each its own. Takes (name, sources). */}}
{{- define "reprieve.volumes" -}}
- name: tmp-{{ index . 0 }}
  emptyDir:
    sizeLimit: 256Mi
{{- with index . 1 }}
- name: secrets-{{ index $ 0 }}
  projected:
    # 0440: read by owner and group only.
    defaultMode: 288
    sources:
      {{- . | nindent 6 }}
{{- end }}
{{- end -}}

{{/* Takes (name, sources). */}}
{{- define "reprieve.mounts" -}}
- name: tmp-{{ index . 0 }}
  mountPath: /tmp
{{- if index . 1 }}
- name: secrets-{{ index . 0 }}
  mountPath: /run/reprieve
  readOnly: true
{{- end }}
{{- end -}}

{{/* A probe. Takes (times, path, port name). */}}
{{- define "reprieve.probe" -}}
httpGet:
  path: {{ index . 1 }}
  port: {{ index . 2 }}
{{- with index . 0 }}
periodSeconds: {{ int .periodSeconds }}
timeoutSeconds: {{ int .timeoutSeconds }}
failureThreshold: {{ int .failureThreshold }}
{{- end }}
{{- end -}}
