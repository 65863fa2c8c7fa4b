{{- /* What all pods of a component have: no token, and a user without rights. (list $ "exporter") */ -}}
{{- define "perfanalysis.pod" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ include "perfanalysis.fullname" $root }}-{{ index . 1 }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- $names := list -}}
{{- range concat ($root.Values.global.imagePullSecrets | default list) $root.Values.image.pullSecrets }}
{{- $names = append $names (kindIs "string" . | ternary . (get (kindIs "string" . | ternary dict .) "name")) }}
{{- end }}
{{- with uniq $names }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- $context := (get $root.Values (index . 1)).podSecurityContext | default dict -}}
{{- if eq (index . 1) "exporter" }}
{{- $context = merge (include "perfanalysis.containerNames.groups" $root | fromYaml) $context }}
{{- end }}
{{- with $context }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* What a container of a component may do: (list $ "exporter"). */ -}}
{{- define "perfanalysis.containerSecurity" -}}
{{- toYaml (get (index . 0).Values (index . 1)).securityContext -}}
{{- end }}

{{- /* Labels and annotations of the pods of a component: (list $ "exporter"). */ -}}
{{- define "perfanalysis.podMetadata" -}}
{{- $values := get (index . 0).Values (index . 1) -}}
labels:
  {{- include "perfanalysis.podLabels" (append . $values.podLabels) | nindent 2 }}
{{- with $values.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* Which nodes the pods of a component may be on: (list AFFINITY VALUES). */ -}}
{{- define "perfanalysis.nodes" -}}
{{- $values := index . 1 -}}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with index . 0 }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* (list $ "exporter" .Values.exporter.priority) */ -}}
{{- define "perfanalysis.priorityClass" -}}
{{- $priority := index . 2 -}}
{{- if $priority.create }}
priorityClassName: {{ include "perfanalysis.clusterName" . }}
{{- else if $priority.className }}
priorityClassName: {{ $priority.className }}
{{- end }}
{{- end }}
