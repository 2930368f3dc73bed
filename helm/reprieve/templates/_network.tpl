{{/* A rule of egress. Takes (ports, peers); without peers these ports may be reached anywhere. */}}
{{- define "reprieve.egress" -}}
- ports:
    {{- range index . 0 }}
    - port: {{ int . }}
      protocol: TCP
    {{- end }}
  {{- with index . 1 }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "reprieve.egressToNames" -}}
# names
- ports:
    - port: {{ int .Values.networkPolicy.dns.port }}
      protocol: UDP
    - port: {{ int .Values.networkPolicy.dns.port }}
      protocol: TCP
  {{- with .Values.networkPolicy.dns.peers }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
