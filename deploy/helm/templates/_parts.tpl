{{- define "eu.labels" -}}
app.kubernetes.io/name: eu-bevakning
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "eu.scheduler" -}}
{{ if .Values.scheduler.enabled }}tcp://{{ .Release.Name }}-scheduler:8786{{ else }}{{ required "scheduler.address: väntade en adress som tcp://dask:8786" .Values.scheduler.address }}{{ end }}
{{- end }}

{{- define "eu.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "eu.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "eu.installation" -}}
{{ include "eu.container" . }}
{{- if .Values.smtpSecret }}
envFrom:
  - secretRef: {name: {{ .Values.smtpSecret | quote }}}
{{- end }}
volumeMounts:
  - {name: data, mountPath: /var/lib/eu-bevakning}
  - {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "eu.elsewhere" -}}
{{ include "eu.container" . }}
env:
  - {name: MONITOR_CONFIG, value: /etc/eu-bevakning/monitor.toml}
{{- if .Values.smtpSecret }}
envFrom:
  - secretRef: {name: {{ .Values.smtpSecret | quote }}}
{{- end }}
volumeMounts:
  - {name: settings, mountPath: /etc/eu-bevakning, readOnly: true}
  - {name: data, mountPath: /var/lib/eu-bevakning}
  - {name: tmp, mountPath: /tmp}
{{- end }}
