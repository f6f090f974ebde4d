// Preloaded into a command: as it ends, writes the most memory it had resident and the CPU time it took to the file MST_BENCH_PEAK names.
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const report = { megabytes: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
    writeFileSync(process.env.MST_BENCH_PEAK, JSON.stringify(report));
  });
}
