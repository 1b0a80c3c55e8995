// Rows of buttons of which one is pressed: the tables, the views.

/**
 * @param {HTMLElement} element whose buttons carry data-choice
 * @param {(choice: string) => void} onchoose
 * @returns {(choice: string) => void} shows which one is chosen
 */
export function oneOf(element, onchoose) {
  const buttons = () => [...element.querySelectorAll('button')]
  element.addEventListener('click', (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest('button')
    if (button?.dataset.choice) onchoose(button.dataset.choice)
  })
  return (choice) => {
    for (const button of buttons()) button.setAttribute('aria-pressed', String(button.dataset.choice === choice))
  }
}
