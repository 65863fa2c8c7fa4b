# The user data: deploy/cloud-init/loadtest.yaml, which a person may use by hand, and what a machine needs besides to
# send its results and to destroy itself. There is no secret in it, only names of secrets.

locals {
  deploy  = "${path.module}/../.."
  base    = yamldecode(file("${local.deploy}/cloud-init/loadtest.yaml"))
  units   = "/etc/systemd/system"
  keys    = "/run/perfanalysis-keys"
  program = "/opt/perfanalysis/bin/perfanalysis"
  seconds = floor(var.hours * 3600)

  exporter_service = file("${local.deploy}/systemd/perfanalysis-exporter.service")
  # Nobody outside is to reach it: it pushes.
  exporter_socket = replace(
    file("${local.deploy}/systemd/perfanalysis-exporter.socket"), "/(?m)^ListenStream=.*$/", "ListenStream=[::1]:9100"
  )
  exporter_start = regex("(?m)^ExecStart=(.*)$", local.exporter_service)[0]

  secrets = merge(
    var.portal_url == null ? {} : { portal = var.portal_key_name },
    var.remote_write_url == null || var.remote_write_key_name == "" ? {} : { remote-write = var.remote_write_key_name },
  )

  receivers = concat(
    var.portal_url == null ? [] : [
      "--upload-url=${var.portal_url}/api/v1/tests", "--upload-bearer-token-file=${local.keys}/portal",
    ],
    var.remote_write_url == null ? [] : concat(
      ["--remote-write-url=${var.remote_write_url}"],
      contains(keys(local.secrets), "remote-write") ? ["--remote-write-bearer-token-file=${local.keys}/remote-write"] : [],
    ),
  )

  pushing = var.remote_write_url == null ? [] : concat(
    ["--push.remote-write-url=${var.remote_write_url}"],
    contains(keys(local.secrets), "remote-write") ? ["--push.bearer-token-file=${local.keys}/remote-write"] : [],
  )

  # Begun before anything is fetched or installed, for that may hang.
  bootcmd = [["sh", "-c", templatefile("${path.module}/boot/begin-deadline.sh.tftpl", { seconds = local.seconds })]]

  scripts = [
    { path = "/usr/local/sbin/perfanalysis-destroy-machine", permissions = "0755", content = var.boot_scripts.destroy_machine },
    { path = "/usr/local/sbin/perfanalysis-fetch-secret", permissions = "0755", content = var.boot_scripts.fetch_secret },
    { path = "/usr/local/sbin/perfanalysis-fetch-keys", permissions = "0755", content = templatefile(
      "${path.module}/boot/fetch-keys.sh.tftpl", { folder = local.keys, secrets = local.secrets }
    ) },
    { path = "${local.units}/perfanalysis-keys.service", permissions = "0644", content = file(
      "${path.module}/boot/perfanalysis-keys.service"
    ) },
    { path = "${local.units}/perfanalysis-done.service", permissions = "0644", content = templatefile(
      "${path.module}/boot/perfanalysis-done.service.tftpl", { program = local.program, destroy = var.destroy_when_done }
    ) },
    { path = "${local.units}/perfanalysis-exporter.service", permissions = "0644", content = local.exporter_service },
    { path = "${local.units}/perfanalysis-exporter.socket", permissions = "0644", content = local.exporter_socket },
  ]

  runcmd = concat(
    [
      for words in slice(local.base.runcmd, 0, length(local.base.runcmd) - 1) : words[0] == "/opt/perfanalysis/bin/pip"
      ? concat(slice(words, 0, length(words) - 1), ["perfanalysis[loadtest] @ ${var.release_url}#sha256=${var.release_sha256}"])
      : words
    ],
    var.boot_scripts.prepare,
    [["systemctl", "start", "--no-block", "perfanalysis-keys.service"]],
    [["systemctl", "start", "--no-block", "perfanalysis-exporter.socket", "perfanalysis-exporter.service"]],
    slice(local.base.runcmd, length(local.base.runcmd) - 1, length(local.base.runcmd)),
  )

  user_data = {
    for key, machine in local.machines : key => join("", ["#cloud-config\n", yamlencode(merge(local.base, {
      bootcmd  = local.bootcmd
      packages = distinct(concat(local.base.packages, ["ca-certificates", "curl"], var.boot_scripts.packages))
      runcmd   = local.runcmd
      write_files = concat(
        [for entry in local.base.write_files : entry if entry.path != "/etc/perfanalysis/inventory.yaml"],
        local.scripts,
        [
          { path = "/etc/perfanalysis/inventory.yaml", permissions = "0644", content = yamlencode({
            machines = [merge(
              {
                name          = "${var.name}-${key}"
                provider      = var.provider_name
                region        = machine.region
                instance_type = machine.instance_type
              },
              contains(keys(local.prices), "${machine.instance_type} ${machine.purchase} ${machine.region}")
              ? { prices = { (machine.purchase) = tonumber(local.prices["${machine.instance_type} ${machine.purchase} ${machine.region}"][0]) } } : {},
            )]
          }) },
          { path = "${local.units}/perfanalysis-loadtest.service.d/comparison.conf", permissions = "0644", content = templatefile(
            "${path.module}/boot/loadtest.conf.tftpl", {
              command = join(" ", concat(
                [local.program, "loadtest", "run", "--quiet", "--inventory=/etc/perfanalysis/inventory.yaml"],
                ["--machine=${var.name}-${key}", "--purchase=${machine.purchase}"],
                local.receivers, [for word in var.loadtest_options : replace(word, "%", "%%")],
              ))
            }
          ) },
          { path = "${local.units}/perfanalysis-exporter.service.d/comparison.conf", permissions = "0644", content = templatefile(
            "${path.module}/boot/exporter.conf.tftpl", {
              command = join(" ", concat(
                [local.exporter_start, "--machine.inventory=/etc/perfanalysis/inventory.yaml", "--machine.name=${var.name}-${key}"], local.pushing,
              ))
            }
          ) },
        ],
      )
    }))])
  }
}
