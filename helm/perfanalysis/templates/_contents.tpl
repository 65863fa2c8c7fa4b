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
