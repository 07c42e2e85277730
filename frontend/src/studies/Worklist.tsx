import { Navigate, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../api/queries'
import { Waiting } from '../shell/Answer'
import { Page } from '../shell/Page'
import { doesWork } from '../shell/pages'
import { CaseList } from './CaseList'

/** What waits for the person; somebody who only manages is led to the cases. */
export function Worklist() {
  const { dataset } = useParams({ from: '/d/$dataset/worklist' })
  const { t } = useTranslation()
  const session = useSession()
  const roles = session.data?.memberships.find((one) => one.dataset === dataset)?.roles
  if (session.isPending) {
    return (
      <Page dataset={dataset} title={t('worklist.title')}>
        <Waiting rows={8} />
      </Page>
    )
  }
  if (roles?.includes('manager') && !doesWork(roles)) {
    return <Navigate to="/d/$dataset/cases" params={{ dataset }} replace />
  }
  return <CaseList dataset={dataset} from="/d/$dataset/worklist" kind="work" standardScope="ready" />
}
