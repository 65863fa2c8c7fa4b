{{/*
An expression, or a whole rule file, with the chart's job, identity and links in the place of those that
prometheus/settings.yml had when it was made. Arguments: the root, the text.
*/}}
{{- define "perfanalysis.rules.settled" -}}
{{- $own := (index . 0).Values.prometheusRule }}
{{- $jobs := kindIs "slice" $own.job | ternary $own.job (list (include "perfanalysis.job" (index . 0))) }}
{{- $selector := printf "job=%q" (first $jobs) }}
{{- if gt (len $jobs) 1 }}{{- $selector = printf "job=~%q" (join "|" $jobs) }}{{- end }}
{{- $fleet := initial $own.identity | join ", " }}
{{- $text := index . 1
    | replace "cluster, job, instance" (join ", " $own.identity)
    | replace "(cluster, job)" (printf "(%s)" $fleet)
    | replace "job=\"node\"" $selector
    | replace "http://localhost:3000/d/" (printf "%s/d/" $own.links.dashboards) }}
{{- with $own.links.runbooks }}
{{- $page := contains "{alert}" . | ternary . (printf "%s/{alert}.md" .) | replace "$" "$$" | replace "{alert}" "${1}" }}
{{- $text = regexReplaceAll "runbook: docs/runbooks/([A-Za-z0-9]+)[.]md" $text (printf "runbook_url: %q" $page) }}
{{- end }}
{{- $text }}
{{- end }}

{{/* A threshold as people write it (`90 %`, `50 ms`, `2 minutes`, `10`) as PromQL has it. */}}
{{- define "perfanalysis.rules.threshold" -}}
{{- $text := toString . }}
{{- if not (regexMatch "^[0-9]+([.][0-9]+)?( (%|ms|s|(minute|hour|day)s?))?$" $text) }}
{{- fail (printf "prometheusRule.alerts: expected a threshold as `10`, `90 %%`, `50 ms`, `5 s` or `2 minutes`, found %q" $text) }}
{{- end }}
{{- $words := splitList " " $text }}
{{- $number := first $words | float64 }}
{{- $unit := rest $words | first | default "" | trimSuffix "s" }}
{{- if eq $unit "%" }}{{ divf $number 100 }}
{{- else if eq $unit "m" }}{{ divf $number 1000 }}
{{- else if eq $unit "minute" }}{{ mulf $number 60 }}
{{- else if eq $unit "hour" }}{{ mulf $number 3600 }}
{{- else if eq $unit "day" }}{{ mulf $number 86400 }}
{{- else }}{{ $number }}
{{- end }}
{{- end }}

{{/*
A text of thresholds.yaml with those of an alert filled in. Arguments: the text, the alert's entry there, the
thresholds that the values give, and "value" for PromQL or "text" for words.
*/}}
{{- define "perfanalysis.rules.filled" -}}
{{- $text := index . 0 }}
{{- $given := index . 2 }}
{{- $form := index . 3 }}
{{- range $name, $default := (index . 1).thresholds }}
{{- $put := index $default $form }}
{{- if hasKey $given $name }}
{{- $put = eq $form "text" | ternary (get $given $name | toString) (include "perfanalysis.rules.threshold" (get $given $name)) }}
{{- end }}
{{- $text = replace (printf "${%s}" $name) $put $text }}
{{- end }}
{{- $text }}
{{- end }}

{{/* All groups of the rule files as a list of YAML, with what the values say of jobs, links and alerts. */}}
{{- define "perfanalysis.rules.groups" -}}
{{- $root := . }}
{{- $changes := .Values.prometheusRule.alerts }}
{{- $disabled := .Values.prometheusRule.disabled }}
{{- $known := .Files.Get "thresholds.yaml" | fromYaml }}
{{- range $name, $change := $changes }}
{{- if not (hasKey $known.alerts $name) }}
{{- fail (printf "prometheusRule.alerts.%s: expected the name of an alert" $name) }}
{{- end }}
{{- range $threshold, $_ := $change.thresholds }}
{{- if not (hasKey (get $known.alerts $name).thresholds $threshold) }}
{{- fail (printf "prometheusRule.alerts.%s.thresholds.%s: expected one of %s" $name $threshold (keys (get $known.alerts $name).thresholds | sortAlpha | join ", ")) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $path, $_ := .Files.Glob "rules/*.yml" }}
{{- range $group := (include "perfanalysis.rules.settled" (list $root ($root.Files.Get $path)) | fromYaml).groups }}
{{- $rules := list }}
{{- range $rule := $group.rules }}
{{- $change := get $changes ($rule.alert | default "") | default dict }}
{{- if and $rule.alert $change }}
{{- $entry := get $known.alerts $rule.alert }}
{{- with $change.severity }}{{- $_ := set $rule.labels "severity" . }}{{- end }}
{{- with $change.thresholds }}
{{- $_ := set $rule "expr" (include "perfanalysis.rules.settled" (list $root (include "perfanalysis.rules.filled" (list $entry.expr $entry . "value")))) }}
{{- range $key := list "summary" "description" }}
{{- $_ := set $rule.annotations $key (include "perfanalysis.rules.filled" (list (get $entry $key) $entry $change.thresholds "text")) }}
{{- end }}
{{- end }}
{{- end }}
{{- with get $known.needs (($rule.labels).resource | default "") }}
{{- $thresholds := (get $changes .alert | default dict).thresholds }}
{{- if and $rule.record $thresholds }}
{{- $_ := set $rule "expr" (include "perfanalysis.rules.settled" (list $root (include "perfanalysis.rules.filled" (list .expr (get $known.alerts .alert) $thresholds "value")))) }}
{{- end }}
{{- end }}
{{- $out := or (eq (toString $change.enabled) "false") (has (coalesce $rule.alert $rule.record) $disabled) }}
{{- if not $out }}{{- $rules = append $rules $rule }}{{- end }}
{{- end }}
{{- if and $rules (not (has $group.name $disabled)) }}
{{ list (set $group "rules" $rules) | toYaml }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
