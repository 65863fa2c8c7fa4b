{{- /* The specification of the job that measures nodes, once each. */ -}}
{{- define "perfanalysis.loadtestJob" -}}
{{- $loadtest := .Values.loadtest -}}
{{- $turns := int (include "perfanalysis.turns" $loadtest) -}}
completions: {{ int $loadtest.nodes }}
# All at once, each on a node of its own; where they take turns, they wait there. With less, a pod that begins late
# could get the node of one that has ended.
parallelism: {{ int $loadtest.nodes }}
completionMode: Indexed
# A node that is too busy to be measured is refused, and tried again later, for each by itself.
backoffLimitPerIndex: {{ int $loadtest.retries }}
maxFailedIndexes: {{ int $loadtest.nodes }}
podFailurePolicy:
  rules:
    # Bad settings stay bad, on every node.
    - action: FailJob
      onExitCodes: {containerName: loadtest, operator: In, values: [2]}
activeDeadlineSeconds: {{ int $loadtest.deadlineSeconds }}
template:
  metadata:
    {{- include "perfanalysis.podMetadata" (list . "loadtest") | nindent 4 }}
  spec:
    {{- include "perfanalysis.pod" (list . "loadtest") | nindent 4 }}
    restartPolicy: Never
    terminationGracePeriodSeconds: 10
    {{- with include "perfanalysis.priorityClass" (list . "loadtest" $loadtest.priority) | trim }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- $affinity := include "perfanalysis.apart" $loadtest | fromYaml }}
    {{- include "perfanalysis.nodes" (list $affinity $loadtest) | trim | nindent 4 }}
    {{- if gt $turns 1 }}
    initContainers:
      {{- include "perfanalysis.turn" (list . $turns) | nindent 6 }}
    {{- end }}
    containers:
      - name: loadtest
        image: {{ include "perfanalysis.image" (list . "loadtest") }}
        imagePullPolicy: {{ .Values.image.pullPolicy }}
        args:
          - loadtest
          - run
          - --json
          - --quiet
          {{- with $loadtest.profile }}
          - --profile={{ . }}
          {{- end }}
          {{- with $loadtest.kernel }}
          - --kernel={{ . }}
          {{- end }}
          {{- with $loadtest.remoteWrite }}
          {{- if .url }}
          - --remote-write-url={{ .url }}
          {{- if .username }}
          {{- $_ := required "loadtest.remoteWrite.existingSecret: expected the name of the Secret with the password of loadtest.remoteWrite.username" .existingSecret }}
          - --remote-write-username={{ .username }}
          {{- end }}
          {{- if .existingSecret }}
          - --remote-write-key-file=/etc/perfanalysis/remote-write/{{ .secretKey }}
          {{- end }}
          {{- end }}
          {{- end }}
          {{- $job := include "perfanalysis.job" . }}
          {{- if and $loadtest.remoteWrite.url (ne $job "node") }}
          - --remote-write-label=job={{ $job }}
          {{- end }}
          {{- range $loadtest.extraArgs }}
          - {{ . | quote }}
          {{- end }}
          {{- /* By its older name, which images of earlier versions take, too. */}}
          - --machine-name
          - $(NODE_NAME)
        env:
          # Also of a user that the image does not know, who has no home there.
          - name: PERFANALYSIS_STATE_DIRECTORY
            value: /var/lib/perfanalysis
          - name: NODE_NAME
            valueFrom:
              fieldRef:
                fieldPath: spec.nodeName
        resources:
          {{- toYaml $loadtest.resources | nindent 10 }}
        securityContext:
          {{- include "perfanalysis.containerSecurity" (list . "loadtest") | nindent 10 }}
        volumeMounts:
          - name: state
            mountPath: /var/lib/perfanalysis
          {{- if $loadtest.remoteWrite.existingSecret }}
          - name: remote-write
            mountPath: /etc/perfanalysis/remote-write
            readOnly: true
          {{- end }}
    volumes:
      - name: state
        emptyDir:
          sizeLimit: 256Mi
      {{- with $loadtest.remoteWrite.existingSecret }}
      - name: remote-write
        secret:
          secretName: {{ . }}
          defaultMode: 0440
      {{- end }}
{{- end }}

{{- /* How many turns the nodes take: .Values.loadtest. */ -}}
{{- define "perfanalysis.turns" -}}
{{- $nodes := int .nodes -}}
{{- $turns := divf $nodes (int .parallelism | default $nodes) | ceil | int -}}
{{- $least := mul (add1 $turns) .turnSeconds -}}
{{- if and (gt $turns 1) (lt (int64 .deadlineSeconds) $least) -}}
{{- fail (printf "loadtest.deadlineSeconds: expected %d at least, found %d: %d turns of loadtest.turnSeconds, and one that is waited for" $least (int64 .deadlineSeconds) $turns) -}}
{{- end -}}
{{- $turns -}}
{{- end }}

{{- /* What waits on its node until it is its turn: (list $ TURNS). A pod begins in the first tenth of its turn. */ -}}
{{- define "perfanalysis.turn" -}}
{{- $root := index . 0 -}}
- name: turn
  image: {{ include "perfanalysis.image" (list $root "loadtest") }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  command:
    - python
    - -c
    - |
      # By the clock, so that a pod that is tried again keeps to its turn.
      import os, time
      turn = int(os.environ["JOB_COMPLETION_INDEX"]) // int(os.environ["AT_ONCE"])
      seconds = int(os.environ["TURN_SECONDS"])
      cycle = seconds * int(os.environ["TURNS"])
      since = (time.time() - turn * seconds) % cycle
      time.sleep(cycle - since if since > seconds / 10 else 0)
  env:
    - {name: AT_ONCE, value: {{ int $root.Values.loadtest.parallelism | quote }}}
    - {name: TURNS, value: {{ index . 1 | quote }}}
    - {name: TURN_SECONDS, value: {{ int $root.Values.loadtest.turnSeconds | quote }}}
  resources:
    requests: {cpu: 10m, memory: 32Mi}
    limits: {cpu: 500m, memory: 64Mi}
  securityContext:
    {{- include "perfanalysis.containerSecurity" (list $root "loadtest") | nindent 4 }}
{{- end }}

{{- /* The affinity of load tests, and what keeps them apart: .Values.loadtest. One on a node, of all releases (pods
do not see each other's lock), and one of those that are alike by a label. */ -}}
{{- define "perfanalysis.apart" -}}
{{- $affinity := deepCopy .affinity -}}
{{- $pods := get $affinity "podAntiAffinity" | default dict -}}
{{- $terms := get $pods "requiredDuringSchedulingIgnoredDuringExecution" | default list -}}
{{- $own := dict "matchLabels" (dict "app.kubernetes.io/name" "perfanalysis-loadtest") -}}
{{- range prepend .apartBy "kubernetes.io/hostname" -}}
{{- $terms = append $terms (dict "topologyKey" . "namespaceSelector" dict "labelSelector" $own) -}}
{{- end -}}
{{- $_ := set $affinity "podAntiAffinity" (merge (dict "requiredDuringSchedulingIgnoredDuringExecution" $terms) $pods) -}}
{{- toYaml $affinity -}}
{{- end }}
