// cadvisor serves cAdvisor's metrics of containers as a kubelet does (pkg/kubelet/cadvisor/cadvisor_linux.go and
// pkg/kubelet/server/server.go): its kinds of metrics, its times. With all kinds cAdvisor fails on a kernel that has
// no control groups of perf_event, so they are named.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/google/cadvisor/cache/memory"
	"github.com/google/cadvisor/container"
	v2 "github.com/google/cadvisor/info/v2"
	"github.com/google/cadvisor/manager"
	"github.com/google/cadvisor/metrics"
	"github.com/google/cadvisor/utils/sysfs"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"k8s.io/utils/clock"
)

func serve(address string) error {
	kinds := container.MetricSet{}
	for _, kind := range []container.MetricKind{
		container.CpuUsageMetrics, container.MemoryUsageMetrics, container.CpuLoadMetrics, container.DiskIOMetrics,
		container.NetworkUsageMetrics, container.AppMetrics, container.ProcessMetrics, container.OOMMetrics,
	} {
		kinds[kind] = struct{}{}
	}
	interval, dynamic := 15*time.Second, true
	housekeeping := manager.HousekeepingConfig{Interval: &interval, AllowDynamic: &dynamic}
	cache := memory.New(2*time.Minute, nil)
	watcher, err := manager.New(cache, sysfs.NewRealSysFs(), housekeeping, kinds, http.DefaultClient,
		[]string{"/kubepods"}, nil, "", 0)
	if err != nil {
		return err
	}
	if err := watcher.Start(); err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	options := v2.RequestOptions{IdType: v2.TypeName, Count: 1, Recursive: true}
	registry.MustRegister(metrics.NewPrometheusCollector(watcher, nil, kinds, clock.RealClock{}, options))
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "msg=\"Listening on\" address=%s\n", listener.Addr())
	return http.Serve(listener, nil)
}

func main() {
	// The kubelet's: containers are looked at every 10 s.
	_ = flag.Set("housekeeping_interval", "10s")
	address := flag.String("web.listen-address", "127.0.0.1:0", "where to serve /metrics")
	flag.Parse()
	fmt.Fprintln(os.Stderr, serve(*address))
	os.Exit(1)
}
