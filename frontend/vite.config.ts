import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  base: '/static/',
  plugins: [react()],
  resolve: { alias: { xmlbuilder2: here('./stubs/xmlbuilder2.js') } },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    manifest: true,
    chunkSizeWarningLimit: 5000,
    assetsInlineLimit: 0,
  },
  server: {
    proxy: { '/api': 'http://127.0.0.1:8000', '/v/': 'http://127.0.0.1:8000' },
  },
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'], testTimeout: 90_000 },
})
