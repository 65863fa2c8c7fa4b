{{- /* Stops the rendering where a file that contents.yaml names is not in the chart, or not whole:
(list $ "rules" "groups" "prometheusRule.enabled"), with the folder, a key that each of its files has, and
the value that wants them. Who packs a chart without some of its files would install less, unnoticed. */ -}}
{{- define "perfanalysis.whole" -}}
{{- $root := index . 0 -}}
{{- $folder := index . 1 -}}
{{- $key := index . 2 -}}
{{- $expected := get ($root.Files.Get "contents.yaml" | fromYaml) $folder | default list -}}
{{- $lost := list -}}
{{- if not $expected -}}
{{- $lost = list "contents.yaml, which names them" -}}
{{- end -}}
{{- range $expected -}}
{{- $path := printf "%s/%s" $folder . -}}
{{- if not (hasKey ($root.Files.Get $path | fromYaml) $key) -}}
{{- $lost = append $lost $path -}}
{{- end -}}
{{- end -}}
{{- if $lost -}}
{{- fail (printf "%s: expected all files of the chart's folder %s; not there, or not whole: %s. The chart was copied or packed without them: take all of helm/perfanalysis, or set %s=false to do without" (index . 3) $folder (join ", " $lost) (index . 3)) -}}
{{- end -}}
{{- end }}

{{- /* The groups of a file of rules as the values want them: (list $ TEXT). Their label `job` is that of the
exporters, and what is disabled is left out. */ -}}
{{- define "perfanalysis.groups" -}}
{{- $root := index . 0 -}}
{{- $text := index . 1 | replace "job=\"node\"" (printf "job=%q" (include "perfanalysis.job" $root)) -}}
{{- $disabled := $root.Values.prometheusRule.disabled -}}
{{- range $group := ($text | fromYaml).groups }}
{{- $rules := list -}}
{{- range $rule := $group.rules }}
{{- if not (has (coalesce $rule.alert $rule.record) $disabled) }}
{{- $rules = append $rules $rule }}
{{- end }}
{{- end }}
{{- if and $rules (not (has $group.name $disabled)) }}
{{ list (merge (dict "rules" $rules) $group) | toYaml }}
{{- end }}
{{- end }}
{{- end }}
