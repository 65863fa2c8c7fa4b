{{- /*
What a component calls, as its NetworkPolicy has to let it out.

perfanalysis.calls: the addresses in its values, one a line. Takes (list $ COMPONENT). A delivery's address in
reporter.config is not looked for: `networkPolicy.egressPorts` names its port.
*/}}
{{- define "perfanalysis.calls" -}}
{{- $values := (index . 0).Values -}}
{{- $said := list -}}
{{- if eq (index . 1) "loadtest" -}}
{{- $said = prepend $values.loadtest.extraArgs $values.loadtest.remoteWrite.url -}}
{{- else if eq (index . 1) "reporter" -}}
{{- $said = prepend $values.reporter.extraArgs $values.reporter.prometheusUrl -}}
{{- end -}}
{{- join "\n" (regexFindAll "https?://[^\\s,'\"]+" (join "\n" $said) -1) -}}
{{- end }}

{{- /* perfanalysis.egressPorts: ports that values name, then those of what is called, each once. Takes the same. */}}
{{- define "perfanalysis.egressPorts" -}}
{{- $root := index . 0 -}}
{{- $own := eq (index . 1) "backup" | ternary $root.Values.backup $root.Values.networkPolicy -}}
{{- $ports := list -}}
{{- range $own.egressPorts }}{{ $ports = append $ports (int .) }}{{ end -}}
{{- range splitList "\n" (include "perfanalysis.calls" .) }}
{{- if . -}}
{{- $address := urlParse . -}}
{{- $usual := eq $address.scheme "https" | ternary "443" "80" -}}
{{- $ports = append $ports (regexFind ":[0-9]+$" $address.host | trimPrefix ":" | default $usual | int) -}}
{{- end -}}
{{- end -}}
{{- toJson (uniq $ports) -}}
{{- end }}
