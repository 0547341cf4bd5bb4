using Microsoft.Playwright;

namespace ChatApp.Tests.Browser;

/// <summary>Looks for what a person could not reach or hit on the page as it is shown.</summary>
internal static class LayoutProbe
{
    /// <summary>The least size of a target in pixels: WCAG 2.2, 2.5.8.</summary>
    private const int Target = 24;

    /// <summary>The least size in pixels of the main controls under a finger.</summary>
    private const int MainTarget = 40;

    // Links in a text and what stands in a line of it (footnotes) are as high as the line: 2.5.8 excepts them.
    private const string Probe =
        """
        ([least, leastMain]) => {
          const found = [];
          const root = document.documentElement;
          if (root.scrollWidth > root.clientWidth) found.push(`the document is ${root.scrollWidth} wide in a view of ${root.clientWidth}`);
          const name = element => {
            const text = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
            return `${element.localName}.${element.className} "${text.trim().replace(/\s+/g, ' ').slice(0, 40)}"`;
          };
          const covers = document.querySelectorAll('dialog:modal, .rz-dialog');
          const cover = covers[covers.length - 1];
          const main = '.icon-button:not(.narrow), .send-button, .button, .menu-item, .new-chat, .account-button, .conversation-row > a, .folder-toggle, [role="option"], .area-nav a, .suggestions button, .topbar button, .pop .chip';
          for (const element of document.querySelectorAll('a[href], button, input, select, textarea, summary, [role="option"]')) {
            if (cover && !cover.contains(element)) continue;
            if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true })) continue;
            if (element.closest('.visually-hidden, .skip-link, [inert], .rz-helper-hidden-accessible')) continue;
            if (['hidden', 'radio', 'checkbox'].includes(element.type)) continue;
            const box = element.getBoundingClientRect();
            if (box.width <= 1 || box.height <= 1) continue;

            let [sideways, upright] = [false, false];
            let [left, right, top, bottom] = [0, innerWidth, 0, innerHeight];
            for (let at = element; at && at !== root; at = at.parentElement) {
              const style = getComputedStyle(at);
              if (at !== element) {
                const edges = at.getBoundingClientRect();
                if (/auto|scroll/.test(style.overflowX) && at.scrollWidth > at.clientWidth) sideways = true;
                if (/auto|scroll/.test(style.overflowY) && at.scrollHeight > at.clientHeight) upright = true;
                if (/hidden|clip/.test(style.overflowX)) [left, right] = [Math.max(left, edges.left), Math.min(right, edges.right)];
                if (/hidden|clip/.test(style.overflowY)) [top, bottom] = [Math.max(top, edges.top), Math.min(bottom, edges.bottom)];
              }
              if (style.position === 'fixed' || at.matches('dialog, :popover-open')) break;
              if (at === document.body && root.scrollHeight > root.clientHeight) upright = true;
            }
            if (!sideways && (box.left < left - 1 || box.right > right + 1))
              found.push(`${name(element)} reaches from ${Math.round(box.left)} to ${Math.round(box.right)} where ${Math.round(left)} to ${Math.round(right)} is seen`);
            if (!upright && (box.top < top - 1 || box.bottom > bottom + 1))
              found.push(`${name(element)} reaches down from ${Math.round(box.top)} to ${Math.round(box.bottom)} where ${Math.round(top)} to ${Math.round(bottom)} is seen`);

            const inText = getComputedStyle(element).display === 'inline' || element.matches('.note-number, .note-back');
            const least1 = leastMain && element.matches(main) ? leastMain : least;
            if (!inText && (box.height < least1 - 0.5 || (element.localName !== 'summary' && box.width < least - 0.5)))
              found.push(`${name(element)} is ${Math.round(box.width)} × ${Math.round(box.height)}, less than ${least1}`);
          }
          return found;
        }
        """;

    /// <returns>One line for each finding; none where all is in reach.</returns>
    public static Task<string[]> FindUnreachableAsync(this IPage page, bool byFinger) =>
        page.EvaluateAsync<string[]>(Probe, new[] { Target, byFinger ? MainTarget : 0 });
}
