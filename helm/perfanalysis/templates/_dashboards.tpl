{{/*
The JSON of a dashboard with the thresholds that the values give: in the lines and the words of its panels.
drawn.yaml has the places. Arguments: the root, the file's name, its text.
*/}}
{{- define "perfanalysis.dashboards.drawn" -}}
{{- $root := index . 0 }}
{{- $file := index . 1 }}
{{- $text := index . 2 }}
{{- $drawn := $root.Files.Get "drawn.yaml" | fromYaml }}
{{- $dashboard := dict }}
{{- range $alert, $change := $root.Values.prometheusRule.alerts }}
{{- range $name, $given := ($change.thresholds | default dict) }}
{{- $places := get (get (get $drawn $alert | default dict) $name | default dict) $file }}
{{- if $places }}
{{- if not $dashboard }}{{- $dashboard = fromJson $text }}{{- end }}
{{- $number := include "perfanalysis.rules.threshold" $given | float64 }}
{{- range $place := $places }}
{{- $at := $dashboard }}
{{- range $key := initial (first $place) }}
{{- if kindIs "string" $key }}{{- $at = index $at $key }}{{- else }}{{- $at = index $at (int $key) }}{{- end }}
{{- end }}
{{- $holds := last $place }}
{{- $leaf := last (first $place) }}
{{- if kindIs "string" $holds }}
{{- $filled := replace "{text}" (toString $given) $holds }}
{{- range $mark := regexFindAll "[{]number[*][^+]+[+][^}]+[}]" $filled -1 }}
{{- $words := trimPrefix "{number*" $mark | trimSuffix "}" | splitList "+" }}
{{- $filled = replace $mark (round (addf (mulf $number (first $words | float64)) (last $words | float64)) 6 | toString) $filled }}
{{- end }}
{{- $_ := set $at $leaf $filled }}
{{- else }}
{{- $value := round (addf (mulf $number (first $holds)) (last $holds)) 6 }}
{{- $_ := set $at $leaf $value }}
{{- if has "steps" (first $place) }}
{{- /* Steps rise: those that this one has passed go with it. */}}
{{- $thresholds := $dashboard }}
{{- range $key := slice (first $place) 0 (sub (len (first $place)) 3 | int) }}
{{- if kindIs "string" $key }}{{- $thresholds = index $thresholds $key }}{{- else }}{{- $thresholds = index $thresholds (int $key) }}{{- end }}
{{- end }}
{{- $own := index (first $place) (sub (len (first $place)) 2 | int) | int }}
{{- range $i, $step := $thresholds.steps }}
{{- if or (and (lt $i $own) (not (kindIs "invalid" $step.value)) (ge (float64 $step.value) $value)) (and (gt $i $own) (le (float64 $step.value) $value)) }}
{{- $_ := set $step "value" $value }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if $dashboard }}{{ toRawJson $dashboard }}{{ else }}{{ $text }}{{ end }}
{{- end }}
