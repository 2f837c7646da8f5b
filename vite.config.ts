import { defineConfig } from 'vitest/config'

/** The entry points keep their path in the manifest, which is how the templates name them. */
const ENTRIES = [
  'frontend/src/main.ts',
  'frontend/src/home/home.ts',
  'frontend/src/evidence/evidence.ts',
  'frontend/src/observe-map/map.ts',
  'frontend/src/station/station.ts',
  'frontend/src/station/compare.ts',
  'frontend/src/health/health.ts',
]

export default defineConfig({
  base: './',
  publicDir: false,
  build: {
    outDir: 'xiangtian/web/static/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: ['chrome109', 'firefox115', 'safari16'],
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: ENTRIES,
      // htmx can evaluate attributes; main.ts switches that off, and the content policy forbids it
      onwarn: (warning, warn) => warning.code === 'EVAL' || warn(warning),
      output: { codeSplitting: { groups: [{ name: 'maplibre', test: /maplibre-gl/ }] } },
    },
  },
  test: { include: ['frontend/tests/**/*.test.ts'] },
})
