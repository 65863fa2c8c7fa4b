{{- /* Whom the exporter asks for names of containers (exporter.containerNames): what its pods need for it. */ -}}

{{- /* "true" where the kubelet is asked with a token. */ -}}
{{- define "perfanalysis.containerNames.token" -}}
{{- $names := .Values.exporter.containerNames -}}
{{- if and (eq $names.source "kubelet") (hasPrefix "https://" $names.kubelet.url) }}true{{ end -}}
{{- end }}

{{- define "perfanalysis.containerNames.args" -}}
{{- $names := .Values.exporter.containerNames -}}
{{- if ne $names.source "files" -}}
- --collector.cgroup.names={{ $names.source }}
{{- if eq $names.source "kubelet" }}
- --collector.cgroup.kubelet.url={{ $names.kubelet.url }}
{{- else if $names.socket }}
- --collector.cgroup.names.socket=/host/root{{ $names.socket }}
{{- end }}
{{- if include "perfanalysis.containerNames.token" . }}
- --collector.cgroup.kubelet.bearer-token-file=/etc/perfanalysis/kubelet/token
- --collector.cgroup.kubelet.tls.server-name=$(NODE_NAME)
{{- if eq $names.kubelet.trust "cluster" }}
- --collector.cgroup.kubelet.tls.ca-file=/etc/perfanalysis/kubelet/ca.crt
{{- else if eq $names.kubelet.trust "node" }}
- --collector.cgroup.kubelet.tls.ca-file=/etc/perfanalysis/kubelet.crt
{{- else }}
- --collector.cgroup.kubelet.tls.insecure-skip-verify
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "perfanalysis.containerNames.mounts" -}}
{{- if include "perfanalysis.containerNames.token" . -}}
- name: kubelet
  mountPath: /etc/perfanalysis/kubelet
  readOnly: true
{{- if eq .Values.exporter.containerNames.kubelet.trust "node" }}
- name: kubelet-certificate
  mountPath: /etc/perfanalysis/kubelet.crt
  readOnly: true
{{- end }}
{{- end }}
{{- end }}

{{- define "perfanalysis.containerNames.volumes" -}}
{{- if include "perfanalysis.containerNames.token" . -}}
# A token of its own that is replaced every hour: the account's is mounted nowhere.
- name: kubelet
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600
      {{- if eq .Values.exporter.containerNames.kubelet.trust "cluster" }}
      - configMap:
          name: kube-root-ca.crt
          items: [{key: ca.crt, path: ca.crt}]
      {{- end }}
{{- if eq .Values.exporter.containerNames.kubelet.trust "node" }}
- name: kubelet-certificate
  hostPath:
    path: /var/lib/kubelet/pki/kubelet.crt
    type: File
{{- end }}
{{- end }}
{{- end }}

{{- /* Groups of the exporter's process, for the pod's securityContext. */ -}}
{{- define "perfanalysis.containerNames.groups" -}}
{{- $names := .Values.exporter.containerNames -}}
{{- if and $names.socketGroups (not (has $names.source (list "files" "kubelet"))) -}}
supplementalGroups:
  {{- toYaml $names.socketGroups | nindent 2 }}
{{- end }}
{{- end }}
