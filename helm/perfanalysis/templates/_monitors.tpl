{{- /* What tells the Prometheus Operator to scrape the exporters:
(list $ "PodMonitor" "podMetricsEndpoints" .Values.podMonitor). Lists of the values come behind those made here, and
other fields go before them, so that none is there twice and none is lost.

Region, zone, instance type and provider come from the node's labels where the machine's metadata service does not
tell them, into perf_machine_info only. They are read here and not by a pod: the downward API has no labels of nodes,
and reading them from the Kubernetes API takes a right to all nodes. */ -}}
{{- define "perfanalysis.monitor" -}}
{{- $root := index . 0 -}}
{{- $monitor := index . 3 -}}
apiVersion: monitoring.coreos.com/v1
kind: {{ index . 1 }}
metadata:
  {{- include "perfanalysis.metadata" (list $root "exporter" "" $monitor.namespace $monitor.labels) | nindent 2 }}
  {{- with $monitor.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- $spec := dict (index . 2) (list (include "perfanalysis.endpoint" $monitor | fromYaml)) -}}
  {{- $_ := set $spec "selector" (dict "matchLabels" (include "perfanalysis.selector" (list $root "exporter") | fromYaml)) -}}
  {{- $_ := set $spec "namespaceSelector" (dict "matchNames" (list (include "perfanalysis.namespace" $root))) -}}
  {{- $_ := set $spec "attachMetadata" (dict "node" true) -}}
  {{- range list "jobLabel" "sampleLimit" "targetLimit" "labelLimit" "labelNameLengthLimit" "labelValueLengthLimit" "bodySizeLimit" "podTargetLabels" -}}
  {{- $value := get $monitor . -}}
  {{- if $value }}{{ $_ := set $spec . $value }}{{ end -}}
  {{- end -}}
  {{- toYaml (mergeOverwrite $spec (deepCopy $monitor.spec)) | nindent 2 }}
{{- end }}

{{- /* The endpoint of a monitor. */ -}}
{{- define "perfanalysis.endpoint" -}}
{{- $target := include "perfanalysis.relabelings" . | fromYamlArray -}}
{{- $samples := include "perfanalysis.metricRelabelings" . | fromYamlArray -}}
{{- $endpoint := dict "port" "metrics" "interval" .interval "scheme" .scheme "honorLabels" .honorLabels -}}
{{- with .scrapeTimeout }}{{ $_ := set $endpoint "scrapeTimeout" . }}{{ end -}}
{{- $endpoint = mergeOverwrite $endpoint (deepCopy .endpoint) -}}
{{- $_ := set $endpoint "relabelings" (concat $target .relabelings (.endpoint.relabelings | default list)) -}}
{{- $_ := set $endpoint "metricRelabelings" (concat $samples .metricRelabelings (.endpoint.metricRelabelings | default list)) -}}
{{- toYaml $endpoint -}}
{{- end }}

{{- define "perfanalysis.relabelings" -}}
{{- if not .jobLabel }}
- {targetLabel: job, replacement: {{ .job | quote }}}
{{- end }}
- {sourceLabels: [__meta_kubernetes_pod_node_name], targetLabel: instance}
- {sourceLabels: [__meta_kubernetes_node_label_topology_kubernetes_io_region], targetLabel: topology_region}
- {sourceLabels: [__meta_kubernetes_node_label_topology_kubernetes_io_zone], targetLabel: topology_zone}
- {sourceLabels: [__meta_kubernetes_node_label_node_kubernetes_io_instance_type], targetLabel: topology_instance_type}
{{- range $label, $provider := dict "eks_amazonaws_com_nodegroup" "aws" "kubernetes_azure_com_cluster" "azure" "cloud_google_com_gke_nodepool" "gcp" "oci_oraclecloud_com_fault_domain" "oci" }}
- {sourceLabels: [__meta_kubernetes_node_labelpresent_{{ $label }}], regex: "true", targetLabel: topology_provider, replacement: {{ $provider }}}
{{- end }}
{{- end }}

{{- define "perfanalysis.metricRelabelings" -}}
{{- range list "provider" "region" "zone" "instance_type" }}
- {sourceLabels: [__name__, {{ . }}, topology_{{ . }}], regex: "perf_machine_info;;(.+)", targetLabel: {{ . }}}
{{- end }}
- {action: labeldrop, regex: "topology_(provider|region|zone|instance_type)"}
{{- end }}
