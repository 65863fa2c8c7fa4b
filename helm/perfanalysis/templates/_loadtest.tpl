{{- /* The specification of the job that measures nodes, once each. */ -}}
{{- define "perfanalysis.loadtestJob" -}}
{{- $loadtest := .Values.loadtest -}}
completions: {{ int $loadtest.nodes }}
parallelism: {{ int $loadtest.nodes }}
completionMode: Indexed
# A node that is too busy to be measured is refused, and tried again later, for each by itself.
backoffLimitPerIndex: {{ int $loadtest.retries }}
maxFailedIndexes: {{ int $loadtest.nodes }}
activeDeadlineSeconds: {{ int $loadtest.deadlineSeconds }}
ttlSecondsAfterFinished: {{ int $loadtest.keepSeconds }}
template:
  metadata:
    labels:
      {{- include "perfanalysis.labels" (list . "loadtest") | nindent 6 }}
  spec:
    {{- include "perfanalysis.pod" (list . "loadtest") | nindent 4 }}
    restartPolicy: Never
    terminationGracePeriodSeconds: 10
    {{- with include "perfanalysis.priorityClass" (list . "loadtest" $loadtest.priority) | trim }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with $loadtest.nodeSelector }}
    nodeSelector:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $loadtest.tolerations }}
    tolerations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    affinity:
      # One load test on a node, of all releases: pods do not see each other's lock.
      podAntiAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          - topologyKey: kubernetes.io/hostname
            namespaceSelector: {}
            labelSelector:
              matchLabels:
                app.kubernetes.io/name: perfanalysis-loadtest
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
          {{- range $loadtest.extraArgs }}
          - {{ . | quote }}
          {{- end }}
          - --machine-name
          - $(NODE_NAME)
        env:
          - name: NODE_NAME
            valueFrom:
              fieldRef:
                fieldPath: spec.nodeName
        resources:
          {{- toYaml $loadtest.resources | nindent 10 }}
        securityContext:
          {{- include "perfanalysis.containerSecurity" . | nindent 10 }}
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
