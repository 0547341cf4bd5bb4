using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary><see cref="ChromiumFactAttribute"/> with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute()
    {
        if (Chromium.Path is null && !Chromium.IsRequired)
            Skip = Chromium.Missing;
    }
}
