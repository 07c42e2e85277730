import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** Says why a place is empty, what is coming, and offers one act. */
export function EmptyState({ title, text, act }: { title: string; text?: string; act?: ReactNode }) {
  return (
    <Stack align="center" justify="center" gap="md" mih="60vh" p="xl">
      <Title order={2} ta="center">{title}</Title>
      {text && <Text c="dimmed" ta="center" maw={480}>{text}</Text>}
      {act}
    </Stack>
  )
}
