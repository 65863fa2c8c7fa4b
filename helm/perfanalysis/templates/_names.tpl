{{- /* A name of 40 characters at most; a longer one gets a hash, so that two of them never become one. */ -}}
{{- define "perfanalysis.short" -}}
{{- if gt (len .) 40 -}}
{{- printf "%s-%s" (trunc 31 . | trimSuffix "-") (sha256sum . | trunc 8) -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end }}

{{- define "perfanalysis.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- if not (or .Values.fullnameOverride (regexMatch "^[a-z]" .Release.Name)) -}}
{{- fail (printf "release name %s: expected a letter first, as names of services have it; fullnameOverride can be another name" .Release.Name) -}}
{{- end -}}
{{- if .Values.fullnameOverride -}}
{{- include "perfanalysis.short" .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- include "perfanalysis.short" .Release.Name -}}
{{- else -}}
{{- include "perfanalysis.short" (printf "%s-%s" .Release.Name $name) -}}
{{- end -}}
{{- end }}

{{- define "perfanalysis.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end }}

{{- /* The name of an object that is in no namespace: (list $ "exporter"). Releases of one name in two namespaces
have two of them. */ -}}
{{- define "perfanalysis.clusterName" -}}
{{- $name := include "perfanalysis.fullname" (index . 0) -}}
{{- $place := printf "%s/%s" (include "perfanalysis.namespace" (index . 0)) $name -}}
{{- printf "%s-%s-%s" $name (index . 1) (sha256sum $place | trunc 8) -}}
{{- end }}

{{- /* The labels by which pods are selected: (list $ "exporter"). */ -}}
{{- define "perfanalysis.selector" -}}
app.kubernetes.io/name: perfanalysis-{{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
{{- end }}

{{- /* The labels of a pod of a component, and further ones: (list $ "exporter" .Values.exporter.podLabels). None of
the chart's version, which would replace all pods when nothing of them has changed. */ -}}
{{- define "perfanalysis.podLabels" -}}
{{- $root := index . 0 -}}
{{- $labels := dict
  "app.kubernetes.io/component" (index . 1)
  "app.kubernetes.io/part-of" "perfanalysis"
  "app.kubernetes.io/version" $root.Chart.AppVersion -}}
{{- $selector := include "perfanalysis.selector" . | fromYaml -}}
{{- toYaml (mergeOverwrite $labels (deepCopy $root.Values.commonLabels) (deepCopy (index . 2)) $selector) -}}
{{- end }}

{{- /* The labels of an object of a component, and further ones: (list $ "exporter" .Values.podMonitor.labels). */ -}}
{{- define "perfanalysis.labels" -}}
{{- $root := index . 0 -}}
{{- $labels := dict
  "app.kubernetes.io/managed-by" $root.Release.Service
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_") -}}
{{- toYaml (mergeOverwrite $labels (include "perfanalysis.podLabels" . | fromYaml)) -}}
{{- end }}

{{- /* Name, namespace and labels: (list $ "exporter"), and as far as they are others: the name's end, the
namespace, further labels. */ -}}
{{- define "perfanalysis.metadata" -}}
{{- $root := index . 0 -}}
{{- $end := index . 1 -}}
{{- $namespace := include "perfanalysis.namespace" $root -}}
{{- $labels := dict -}}
{{- if gt (len .) 2 }}{{ $end = index . 2 | default $end }}{{ end -}}
{{- if gt (len .) 3 }}{{ $namespace = index . 3 | default $namespace }}{{ end -}}
{{- if gt (len .) 4 }}{{ $labels = index . 4 }}{{ end -}}
name: {{ include "perfanalysis.fullname" $root }}-{{ $end }}
namespace: {{ $namespace }}
labels:
  {{- include "perfanalysis.labels" (list $root (index . 1) $labels) | nindent 2 }}
{{- end }}

{{- /* An image's reference: (list $ "exporter"). */ -}}
{{- define "perfanalysis.image" -}}
{{- $root := index . 0 -}}
{{- $image := get $root.Values.image (index . 1) -}}
{{- with $root.Values.global.imageRegistry | default $root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ $image.repository }}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default $root.Chart.AppVersion }}{{ end -}}
{{- end }}

{{- /* The label `job` of the exporters, which rules go by; of several the first. */ -}}
{{- define "perfanalysis.job" -}}
{{- $monitor := ternary .Values.serviceMonitor .Values.podMonitor .Values.serviceMonitor.enabled -}}
{{- $own := .Values.prometheusRule.job -}}
{{- if kindIs "slice" $own }}{{ first $own }}{{ else }}{{ $own | default $monitor.job }}{{ end -}}
{{- end }}
